"""Mail to players: what happened to their money, and what to do if it was not them.

A letter is a row in the transaction of what it tells (`write`), so there is never one without the
other, and no request waits for a mail server or a broker. A worker looks for new ones every few
seconds and sends them (`send_due`); where that fails it tries again, with ever longer pauses. A
worker that dies between sending and noting it sends twice.
"""

from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from accounts.links import link_to
from wallet.models import Letter, LetterKind, PayoutAddress, Withdrawal, WithdrawalState
from wallet.sent import txids

log = structlog.get_logger()

SUBJECTS = {
    LetterKind.ADDRESS_ADDED: _("A withdrawal address was added"),
    LetterKind.WITHDRAWAL_ASKED: _("A withdrawal was asked for"),
    LetterKind.WITHDRAWAL_SENT: _("Your withdrawal was sent"),
    LetterKind.WITHDRAWAL_REJECTED: _("Your withdrawal was rejected"),
    LetterKind.WITHDRAWAL_EXPIRED: _("Your withdrawal has expired"),
    LetterKind.WITHDRAWAL_FAILED: _("Your withdrawal failed"),
}
# Which states of a withdrawal are told; each letter once, however often a state comes.
_OF_STATE = {
    WithdrawalState.BROADCAST: LetterKind.WITHDRAWAL_SENT,
    WithdrawalState.CONFIRMED: LetterKind.WITHDRAWAL_SENT,
    WithdrawalState.REJECTED: LetterKind.WITHDRAWAL_REJECTED,
    WithdrawalState.EXPIRED: LetterKind.WITHDRAWAL_EXPIRED,
    WithdrawalState.FAILED: LetterKind.WITHDRAWAL_FAILED,
}
# After the n-th try a letter rests for 2ⁿ minutes; the last try is 17 hours after the first.
MOST_TRIES = 10
# So many in a pass; the next one is seconds away.
AT_ONCE = 50


def address_added(entry: PayoutAddress) -> None:
    """Tell a player of a new address, in the language of the request that added it."""
    _write(
        Letter(
            user_id=entry.user_id,
            kind=LetterKind.ADDRESS_ADDED,
            payout_address=entry,
            language=_language(),
        )
    )


def withdrawal_asked(withdrawal: Withdrawal) -> None:
    """Tell a player of a withdrawal that was asked for, in the language of the request."""
    _write(
        Letter(
            user_id=withdrawal.user_id,
            kind=LetterKind.WITHDRAWAL_ASKED,
            withdrawal=withdrawal,
            language=_language(),
        )
    )


def withdrawal_moved(withdrawal: Withdrawal) -> None:
    """Tell a player of the state of a withdrawal, where it is one to tell.

    In the language that it was asked for in: who moves it, staff or the signer, has another.
    """
    kind = _OF_STATE.get(WithdrawalState(withdrawal.state))
    if kind is None:
        return
    asked = Letter.objects.filter(withdrawal=withdrawal, kind=LetterKind.WITHDRAWAL_ASKED).first()
    _write(
        Letter(
            user_id=withdrawal.user_id,
            kind=kind,
            withdrawal=withdrawal,
            language=asked.language if asked else settings.LANGUAGE_CODE,
        )
    )


def send_due() -> int:
    """Send what is due; how many were sent. A mail server in trouble ends the pass."""
    due = Letter.objects.filter(
        sent_at__isnull=True, tries__lt=MOST_TRIES, next_at__lte=timezone.now()
    )
    sent = 0
    for letter in due.select_related(
        "user", "payout_address", "withdrawal__payout_address"
    ).order_by("next_at", "id")[:AT_ONCE]:
        if not _is_mine(letter):
            continue
        try:
            _send(letter)
        except OSError as error:
            log.warning("letter_not_sent", letter=letter.pk, error=type(error).__name__)
            break
        Letter.objects.filter(pk=letter.pk).update(sent_at=timezone.now())
        sent += 1
    return sent


def _write(letter: Letter) -> None:
    Letter.objects.bulk_create([letter], ignore_conflicts=True)


def _is_mine(letter: Letter) -> bool:
    """Take a letter, so that no other worker sends it meanwhile."""
    rest = timedelta(minutes=2 ** (letter.tries + 1))
    untaken = Letter.objects.filter(pk=letter.pk, tries=letter.tries, sent_at__isnull=True)
    return bool(untaken.update(tries=letter.tries + 1, next_at=timezone.now() + rest))


def _send(letter: Letter) -> None:
    withdrawal = letter.withdrawal
    context: dict[str, Any] = {
        "user": letter.user,
        "entry": letter.payout_address or (withdrawal and withdrawal.payout_address),
        "withdrawal": withdrawal,
        "link": _link(letter),
        "txid": txids([withdrawal]).get(withdrawal.pk) if withdrawal else None,
    }
    with override(letter.language):
        subject = settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + str(SUBJECTS[LetterKind(letter.kind)])
        text = render_to_string(f"wallet/letters/{letter.kind}.txt", context).strip() + "\n"
    send_mail(subject, text, None, [letter.user.email])


def _link(letter: Letter) -> str:
    """The page of what it tells."""
    if letter.withdrawal is None:
        return link_to("wallet-addresses")
    return link_to("wallet-withdrawal", letter.withdrawal.public_id)


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
