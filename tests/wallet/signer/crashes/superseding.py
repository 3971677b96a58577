"""Withdrawals whose first payment comes to nothing: paid by another one, or given back."""

from collections.abc import Iterator

from accounts.models import User
from tests.wallet.house import make_player
from tests.wallet.signer.crashes.ending import books_agree, given_back_once, paid_once
from tests.wallet.signer.crashes.scenario import Step
from tests.wallet.signer.crashes.sides import GWEI, EthereumSide, Off
from tests.wallet.signer.crashes.withdrawing import PaidWithdrawals
from tests.wallet.signer.telling import told
from wallet.models import (
    Payment,
    PaymentKind,
    PaymentState,
    Policy,
    Withdrawal,
    WithdrawalState,
)
from wallet.policies import policy
from wallet.signer import ethereum
from wallet.signer.locks import only_signer
from wallet.withdrawals import reject


class PaidAgain(PaidWithdrawals):
    name = "superseded, then paid again"
    every = 8
    off: Off

    def story(self) -> Iterator[Step]:
        self.begin()
        self.side.house.pay()
        self.off = self.side.spend_elsewhere()
        yield Step("supersede")
        assert Payment.objects.order_by("id")[0].state == PaymentState.SUPERSEDED
        yield from self.until_settled()

    def check(self) -> None:
        for withdrawal in self.withdrawals:
            paid_once(self.side, withdrawal)
        self.check_strangers()

    def check_strangers(self) -> None:
        books_agree(self.side, self.off)
        assert told() & {"input_taken", "nonce_taken"}, "staff hear of it"


class GivenBack(PaidAgain):
    """Withdrawals are closed, so nothing is paid again, and staff reject what waits."""

    name = "superseded, then rejected"

    def story(self) -> Iterator[Step]:
        self.begin()
        self.staff = _staff()
        self.side.house.pay()
        self.off = self.side.spend_elsewhere()
        policy()
        Policy.objects.update(withdrawals_open=False)
        yield Step("supersede")

    def next_signer(self) -> None:
        super().next_signer()
        for withdrawal in Withdrawal.objects.filter(state=WithdrawalState.APPROVED):
            _reject(self.staff, withdrawal)

    def check(self) -> None:
        for withdrawal in self.withdrawals:
            given_back_once(self.side, withdrawal, WithdrawalState.REJECTED)
        self.check_strangers()


class Reverted(PaidWithdrawals):
    """The token's contract blacklists the hot wallet after the payment was sent."""

    name = "reverted"
    every = 8
    side: EthereumSide

    def story(self) -> Iterator[Step]:
        self.begin()
        self.side.house.pay()
        house = self.side.house
        house.node.transact(
            house.contract(self.side.asset),
            *("setBlackListed(address,bool)", house.hot, True),
            priority_fee_wei=500 * GWEI,  # before the payment
            max_fee_wei=1_000 * GWEI,
        )
        yield from self.until_settled()

    def check(self) -> None:
        for withdrawal in self.withdrawals:
            given_back_once(self.side, withdrawal, WithdrawalState.FAILED)
        books_agree(self.side)
        assert "reverted" in told(), "staff hear of it"


class GapFilled(PaidWithdrawals):
    """Of two that have their nonces the first is rejected before it is signed."""

    name = "nonce gap, filled with a transfer to self"
    every = 8
    number = 2
    side: EthereumSide

    def story(self) -> Iterator[Step]:
        self.begin()
        with only_signer(self.side.network):
            ethereum.prepare(self.side.house.wallet)
        _reject(_staff(), self.withdrawals[0])
        yield Step("drop and send")
        yield Step("fill")
        yield from self.until_settled()

    def check(self) -> None:
        rejected, paid = self.withdrawals
        given_back_once(self.side, rejected, WithdrawalState.REJECTED)
        paid_once(self.side, paid)
        gap = Payment.objects.get(kind=PaymentKind.GAP)
        assert (gap.nonce, gap.state) == (0, PaymentState.SETTLED)
        books_agree(self.side)


def _staff() -> User:
    staff = User.objects.get(pk=make_player())
    staff.is_staff = staff.is_superuser = True
    staff.save()
    return staff


def _reject(staff: User, withdrawal: Withdrawal) -> None:
    reject(staff=staff, public_id=withdrawal.public_id, content_hash=withdrawal.content_hash)
