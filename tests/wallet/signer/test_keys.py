"""The seed stays in the signer: not in a log, a traceback, an error report or the database."""

import io
import logging
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sentry_sdk
import wallycore as wally
from django.db import connection
from sentry_sdk.transport import Transport

from poker_site.logs import logging_settings
from tests.wallet.house import execute
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.house import approved
from tests.wallet.signer.telling import told
from wallet.assets import Network
from wallet.keys.errors import KeyRefused
from wallet.keys.signing import KeyPath, PrivateKeys, Secret, bitcoin_keys, load_seed
from wallet.models import MoneyEvent
from wallet.signer import bitcoin
from wallet.signer.errors import HotAddressDiffers, SignerBusy
from wallet.signer.locks import only_signer
from wallet.signer.wallets import HOT_KEY, open_wallet
from wallet.tasks.signing import sign_payments

pytestmark = pytest.mark.django_db


class _Kept(Transport):
    """Error reports that go nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.reports: list[str] = []

    def capture_envelope(self, envelope: Any) -> None:
        self.reports.append(envelope.serialize().decode(errors="replace"))


def forms_of(secret: bytes) -> set[str]:
    """How bytes could be written down."""
    return {secret.hex(), repr(secret), str(int.from_bytes(secret, "big")), str(list(secret))}


def break_signing(patch: pytest.MonkeyPatch) -> None:
    """The deepest call of a signature fails, and its error has the key in its text."""

    def fail(self: PrivateKeys, path: KeyPath) -> Secret:
        key = bytes(wally.bip32_key_get_priv_key(self._node(path).reveal()))
        raise RuntimeError(f"the library failed with {key.hex()}")

    patch.setattr(PrivateKeys, "private_key", fail)


@pytest.mark.parametrize("as_json", [True, False])
def test_a_failure_in_the_signature_shows_no_key(
    bitcoin_house: BitcoinHouse, as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the site's log lines, in a report to Sentry, in what staff are told; the pass goes on."""
    house = bitcoin_house
    house.fund(10**8)
    approved(house.address(), 100_000)
    monkeypatch.setenv("WALLET_SIGNER", "1")
    monkeypatch.setenv("WALLET_SEED", house.seed.reveal().hex())
    break_signing(monkeypatch)
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(_formatter(as_json))
    root = logging.getLogger()
    root.addHandler(handler)
    kept = _Kept()
    try:
        with sentry_sdk.new_scope() as scope:
            scope.set_client(
                sentry_sdk.Client(
                    dsn="http://key@localhost/1", transport=kept, include_local_variables=True
                )
            )
            sign_payments()
    finally:
        root.removeHandler(handler)
    reports = "\n".join(kept.reports)
    for text in (written.getvalue(), reports):
        assert "signer_failed" in text
        assert f"payment:{house.payment().pk}" in text
        assert "RuntimeError" in text
        assert "bitcoin_signer.py" in text
        assert "the library failed" not in text
    assert told() == {"signer_failed"}
    secrets = {*forms_of(house.seed.reveal()), *forms_of(_hot_key(house))}
    events = str(list(MoneyEvent.objects.values_list("payload", flat=True)))
    everything = "\n".join([written.getvalue(), reports, events])
    assert [form for form in secrets if form in everything] == []


def test_a_traceback_with_local_variables_shows_no_key(
    bitcoin_house: BitcoinHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the library, which has no frame of its own: a function of C refuses the key."""
    house = bitcoin_house
    house.fund(10**8)
    approved(house.address(), 100_000)
    monkeypatch.setattr(wally, "ec_sig_from_bytes", len)
    with only_signer(Network.BITCOIN):
        bitcoin.prepare(house.wallet)
        with pytest.raises(TypeError) as caught:
            bitcoin.sign(house.wallet, house.payment())
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    text = "".join(shown.format())
    assert "_sign_input" in text
    secrets = {*forms_of(house.seed.reveal()), *forms_of(_hot_key(house))}
    assert [form for form in secrets if form in text] == []


def test_the_database_holds_no_key(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    house.fund(10**8)
    approved(house.address(), 100_000)
    house.pay()
    house.until_settled()
    tables = execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = [str(execute(f'SELECT t::text FROM "{table}" t')) for (table,) in tables]
    text = "\n".join(rows)
    assert house.payment().attempts.get().raw in text, "the whole database was looked at"
    for secret in (house.seed.reveal(), _hot_key(house)):
        assert not any(form in text for form in forms_of(secret))


def test_other_processes_load_no_seed(wallet_seed: Secret) -> None:
    with pytest.raises(KeyRefused, match="signer_only"):
        load_seed({"WALLET_SEED": wallet_seed.reveal().hex()})


@pytest.mark.usefixtures("bitcoin_house")
def test_a_seed_of_another_wallet_signs_nothing() -> None:
    with pytest.raises(HotAddressDiffers), open_wallet(Network.BITCOIN, Secret(b"\x07" * 32)):
        pass


@pytest.mark.django_db(transaction=True)
def test_one_signer_works_at_a_time(bitcoin_house: BitcoinHouse) -> None:
    def another() -> str:
        try:
            bitcoin_house.pay()
        except SignerBusy as refusal:
            return refusal.code
        finally:
            connection.close()
        return "it signed"

    with ThreadPoolExecutor(1) as pool:
        with only_signer(Network.BITCOIN):
            assert pool.submit(another).result() == "signer_busy"
        assert pool.submit(another).result() == "it signed"


def _hot_key(house: BitcoinHouse) -> bytes:
    keys = bitcoin_keys(house.seed, house.node.network)
    return bytes(wally.bip32_key_get_priv_key(keys._node(HOT_KEY).reveal()))


def _formatter(as_json: bool) -> logging.Formatter:
    line = logging_settings(level="INFO", as_json=as_json)["formatters"]["line"]
    options = {name: value for name, value in line.items() if name != "()"}
    formatter: logging.Formatter = line["()"](**options)
    return formatter
