"""Whatever code the software can tell staff has a meaning in words, and says what to do."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

import wallet
from accounts.models import User
from tests.admin.conftest import browser
from wallet.chains.errors import ChainError
from wallet.deposits.alerts import tell_staff
from wallet.errors import WalletError
from wallet.meanings import MEANINGS, meaning_of
from wallet.models import Alert
from wallet.signer import sending
from wallet.signer.errors import SignerError

TELLING = {"alert", "tell_staff", "tell_staff_hourly"}
# Errors whose codes are given where they are raised.
CODED = {"NotPayable", "AddressRefused", "KeyRefused", "SigningRefused"}
# Where a code is no literal: it is one of those that are looked for below.
FROM_ELSEWHERE = {
    *("error.code", "error.reason", "refusal.code", "refusal.reason"),
    *("answer.result.value", "reason", "code"),
}
# `Ceilings.admit` has its codes in a table.
OF_TABLES = {"withdrawal_limit", "house_limit"}
SOURCES = sorted(Path(wallet.__file__).parent.rglob("*.py"))


def everything_below(kind: type[Exception]) -> Iterator[type[Exception]]:
    for each in kind.__subclasses__():
        yield each
        yield from everything_below(each)


def of_error_classes() -> set[str]:
    for module in walk_packages(wallet.__path__, "wallet."):
        if module.name.endswith(".errors"):
            import_module(module.name)
    kinds = [*everything_below(WalletError), *everything_below(ChainError)]
    return {kind.code for kind in kinds if isinstance(kind.__dict__.get("code"), str)}  # type: ignore[attr-defined]


def literals(node: ast.expr, names: dict[str, str]) -> Iterator[str]:
    """Codes of an expression. Fails where nobody knows which they are."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body, names)
        yield from literals(node.orelse, names)
    elif isinstance(node, ast.Name) and node.id in names:
        yield names[node.id]
    elif isinstance(node, ast.Call) or ast.unparse(node) in FROM_ELSEWHERE:
        return
    else:
        pytest.fail(f"which codes are these? {ast.unparse(node)}")


def of_source() -> set[str]:
    """Codes in calls that tell staff, in errors that carry one, and in what becomes a reason."""
    found: set[str] = set()
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        names = {
            target.id: str(node.value.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                called = ast.unparse(node.func).rpartition(".")[2]
                first = node.args[0]
                if called in TELLING | CODED:
                    found.update(literals(first, names))
                elif called == "record" and ast.unparse(first).startswith("'alert."):
                    found.update(each.removeprefix("alert.") for each in literals(first, names))
                elif called == "_book_failure":
                    found.update(literals(node.args[2], names))
            elif isinstance(node, ast.Assign) and path.parent.name == "signer":
                if [ast.unparse(each) for each in node.targets] == ["reason"]:
                    found.update(literals(node.value, names))
            elif isinstance(node, ast.FunctionDef) and node.name == "frozen_reason":
                returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
                found.update(code for each in returned if each for code in literals(each, names))
    return found


def test_every_code_that_staff_can_be_told_has_a_meaning() -> None:
    refused_by_nodes = {result.value for result in sending._FOR_STAFF}
    codes = of_source() | of_error_classes() | refused_by_nodes | OF_TABLES
    codes -= {""}
    # The search finds what it is to find.
    assert {"hot_wallet_short", "signed_before", "nonce_taken", "reverted", "rates_halted"} < codes
    assert {"outputs_changed", "receivable", "inputs_spent", "contract_invalid"} < codes
    assert sorted(code for code in codes if str(meaning_of(code).what) == code) == []
    assert all(str(meaning_of(code).todo) for code in codes)
    # An error's own sentence is enough only where the signer and the scanner hardly meet it.
    met = {kind.code for top in (SignerError, ChainError) for kind in everything_below(top)}  # type: ignore[attr-defined]
    assert sorted((of_source() | refused_by_nodes | OF_TABLES | met) - {""} - set(MEANINGS)) == []


def test_a_code_that_nobody_knows_is_shown_as_it_is() -> None:
    assert meaning_of("no_such_code").what == "no_such_code"


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_url")
def test_an_alert_says_what_it_means_and_what_to_do(boss: User) -> None:
    with transaction.atomic():
        tell_staff("signed_before", "withdrawal:1", {})
        tell_staff("hot_wallet_short", "withdrawal:2", {"detail": "have 1, need 2"})
    client = browser(boss)
    listed = client.get(reverse("admin:wallet_alert_changelist")).content.decode()
    assert "An earlier payment of this withdrawal may still confirm" in listed
    assert "The hot wallet is short: a payment waits" in listed
    row = Alert.objects.get(kind="alert.hot_wallet_short")
    page = client.get(reverse("admin:wallet_alert_change", args=[row.pk])).content.decode()
    assert "Send coins from cold storage to the hot address." in page
    assert "alert.hot_wallet_short" in page


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_url")
def test_a_mail_to_staff_says_it_in_words_and_leads_to_the_alert(
    boss: User,
    mailoutbox: list[EmailMessage],
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.SITE_URL = "https://poker.example"
    settings.LANGUAGE_CODE = "en"
    with django_capture_on_commit_callbacks(execute=True):
        tell_staff("hot_wallet_short", "withdrawal:2", {"detail": "have 1, need 2"})
    (mail,) = mailoutbox
    assert mail.to == [boss.email]
    assert mail.subject == "Money needs a look: The hot wallet is short: a payment waits"
    body = str(mail.body)
    for text in (
        "Send coins from cold storage to the hot address.",
        "hot_wallet_short withdrawal:2",
        "detail: have 1, need 2",
    ):
        assert text in body
    (path,) = re.findall(r"https://poker\.example(/\S+)", body)
    page = browser(boss).get(path).content.decode()
    assert "The hot wallet is short: a payment waits" in page
