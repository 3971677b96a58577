"""What takes two people, and how each of it is looked at, carried out and told in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from wallet import rules
from wallet.assets import coins
from wallet.deposits import cold_storage, quarantine
from wallet.deposits.alerts import PERMISSION as DEPOSITS
from wallet.models import AssetPolicy, Deposit, Policy, ProposalKind
from wallet.proposals.errors import (
    NothingToPropose,
    ProposalRefused,
    ProposalUnknown,
    RulesChanged,
    RulesRefused,
)
from wallet.reconciliation.decisions import book, require_lasting
from wallet.reconciliation.lasting import parse_subject

Details = Mapping[str, Any]


class Wish(NamedTuple):
    """What a member of staff proposes."""

    subject: str
    details: Details
    by: User
    note: str


class Agreed(NamedTuple):
    """What two members of staff want."""

    subject: str
    details: Details
    by: User
    second: User
    note: str


class Line(NamedTuple):
    """One thing of a decision in words; `old` is empty where nothing is replaced."""

    name: str
    new: str
    old: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """`look` completes a wish by what is there now, and refuses what could not be done;
    `carry_out` does it; `in_words` shows it to the one who is to confirm it."""

    permission: str
    look: Callable[[Wish], Details]
    carry_out: Callable[[Agreed], object]
    in_words: Callable[[Details], list[Line]]


def _number(subject: str) -> int:
    if not subject.isascii() or not subject.isdigit():
        raise ProposalUnknown(subject)
    return int(subject)


def _look_at_cold_storage(wish: Wish) -> Details:
    row = cold_storage.require_undecided(transfer_id=_number(wish.subject), note=wish.note)
    verdict = wish.details.get("verdict")
    if verdict not in ("taken", "lost"):
        raise ProposalRefused(str(verdict))
    amount = coins(row.asset, row.amount_units)
    return {"verdict": verdict, "amount": amount, "network": row.network, "txid": row.txid}


def _decide_on_cold_storage(agreed: Agreed) -> None:
    cold_storage.decide(
        transfer_id=_number(agreed.subject),
        staff=agreed.by,
        second=agreed.second,
        verdict=agreed.details["verdict"],
        note=agreed.note,
    )


def _cold_storage_in_words(details: Details) -> list[Line]:
    is_taken = details["verdict"] == "taken"
    what = _("The operator took them") if is_taken else _("They are lost")
    return [
        Line(_("Coins that left cold storage"), details["amount"]),
        Line(_("What it was"), what),
        Line(_("Network"), details["network"]),
        Line(_("Transaction"), details["txid"]),
    ]


def _of(deposit: Deposit) -> dict[str, str]:
    return {
        "amount": coins(deposit.asset, deposit.amount_units),
        "player": deposit.user.nickname,
        "arrived": deposit.txid,
        "reason": deposit.reason,
    }


def _deposit_in_words(details: Details) -> list[Line]:
    return [
        Line(_("Deposit"), details["amount"]),
        Line(_("Player"), details["player"]),
        Line(_("Arrived with"), details["arrived"]),
        Line(_("Held because"), details["reason"]),
    ]


def _look_at_return(wish: Wish) -> Details:
    deposit, txid = quarantine.require_returnable(
        deposit_id=_number(wish.subject),
        staff=wish.by,
        reason=wish.note,
        external_txid=str(wish.details.get("txid", "")),
    )
    return {**_of(deposit), "txid": txid}


def _return(agreed: Agreed) -> None:
    quarantine.return_from_quarantine(
        deposit_id=_number(agreed.subject),
        staff=agreed.by,
        second=agreed.second,
        reason=agreed.note,
        external_txid=agreed.details["txid"],
    )


def _return_in_words(details: Details) -> list[Line]:
    return [*_deposit_in_words(details), Line(_("Paid back with"), details["txid"])]


def _look_at_credit(wish: Wish) -> Details:
    deposit = quarantine.require_waiting(deposit_id=_number(wish.subject), staff=wish.by)
    return _of(deposit)


def _credit(agreed: Agreed) -> None:
    quarantine.credit_from_quarantine(
        deposit_id=_number(agreed.subject),
        staff=agreed.by,
        second=agreed.second,
        note=agreed.note,
    )


def _credit_in_words(details: Details) -> list[Line]:
    then = _("the player is credited at the rate of then")
    return [*_deposit_in_words(details), Line(_("When it is confirmed"), then)]


def _shown(value: str) -> str:
    """A rule's value for people."""
    if value in ("True", "False"):
        return _("Yes") if value == "True" else _("No")
    return f"{int(value):,}" if value.isascii() and value.isdigit() else value or "–"


def _rules_of(model: type[Policy] | type[AssetPolicy], permission: str) -> Kind:
    """Loosening rules; the wish is `changes`, and what they replace must still be there."""

    def look(wish: Wish) -> Details:
        row = rules.locked(model, wish.subject)
        if row is None:
            raise ProposalUnknown(wish.subject)
        changes = {name: dict(change) for name, change in wish.details["changes"].items()}
        if not changes:
            raise NothingToPropose(wish.subject)
        if any(str(getattr(row, name)) != each["old"] for name, each in changes.items()):
            raise RulesChanged(wish.subject)
        return {"seen": rules.fingerprint(row), "changes": changes}

    def carry_out(agreed: Agreed) -> None:
        row = rules.locked(model, agreed.subject)
        if row is None or rules.fingerprint(row) != agreed.details["seen"]:
            raise RulesChanged(agreed.subject)
        told = {"by": agreed.by.pk, "confirmed_by": agreed.second.pk, "note": agreed.note}
        try:
            rules.write(row, agreed.details["changes"], told=told)
        except ValidationError as refusal:
            raise RulesRefused("; ".join(refusal.messages)) from None

    def in_words(details: Details) -> list[Line]:
        names = {field.name: str(field.verbose_name) for field in model._meta.concrete_fields}
        return [
            Line(names[name], _shown(each["new"]), _shown(each["old"]))
            for name, each in details["changes"].items()
        ]

    return Kind(permission, look, carry_out, in_words)


def _difference_about(subject: str) -> tuple[int, str, str]:
    try:
        return parse_subject(subject)
    except ValueError:
        raise ProposalUnknown(subject) from None


def _look_at_difference(wish: Wish) -> Details:
    run_id, asset, place = _difference_about(wish.subject)
    found = require_lasting(run_id=run_id, asset=asset, place=place, note=wish.note)
    return {
        "run": run_id,
        "asset": asset,
        "place": place,
        "units": str(found.units),
        "amount": coins(asset, found.units),
    }


def _book_difference(agreed: Agreed) -> None:
    run_id, asset, place = _difference_about(agreed.subject)
    book(
        run_id=run_id,
        asset=asset,
        place=place,
        units=int(agreed.details["units"]),
        staff=agreed.by,
        second=agreed.second,
        note=agreed.note,
    )


def _difference_in_words(details: Details) -> list[Line]:
    is_more = int(details["units"]) > 0
    then = _("The operator's capital grows by them") if is_more else _("They are lost")
    where = _("hot wallet") if details["place"] == "hot" else _("deposit addresses")
    return [
        Line(_("Chain less ledger"), details["amount"]),
        Line(_("Where"), where),
        Line(_("Found by reconciliation"), f"#{details['run']}"),
        Line(_("When it is confirmed"), then),
    ]


KINDS: Mapping[str, Kind] = {
    ProposalKind.COLD_STORAGE: Kind(
        DEPOSITS, _look_at_cold_storage, _decide_on_cold_storage, _cold_storage_in_words
    ),
    ProposalKind.DEPOSIT_RETURN: Kind(DEPOSITS, _look_at_return, _return, _return_in_words),
    ProposalKind.DEPOSIT_CREDIT: Kind(DEPOSITS, _look_at_credit, _credit, _credit_in_words),
    ProposalKind.DIFFERENCE: Kind(
        DEPOSITS, _look_at_difference, _book_difference, _difference_in_words
    ),
    ProposalKind.HOUSE_RULES: _rules_of(Policy, "wallet.change_policy"),
    ProposalKind.ASSET_RULES: _rules_of(AssetPolicy, "wallet.change_assetpolicy"),
}
