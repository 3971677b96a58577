"""Withdrawals that are paid, whatever happens on their way."""

from collections.abc import Iterator

from tests.wallet.signer.crashes.ending import books_agree, paid_once
from tests.wallet.signer.crashes.scenario import Scenario, Step
from wallet.models import PaymentAttempt, Withdrawal

# Long enough that what waits counts as stuck.
LATER_S = 10_000


class PaidWithdrawals(Scenario):
    """So many at once: in one transaction on Bitcoin, with a nonce each on Ethereum."""

    name = "withdrawal"
    every = 1
    number = 1

    def story(self) -> Iterator[Step]:
        self.begin()
        yield Step("send")
        yield from self.until_settled()

    def begin(self) -> None:
        self.side.found()
        self.withdrawals: list[Withdrawal] = [self.side.ask() for _ in range(self.number)]

    def until_settled(self) -> Iterator[Step]:
        self.side.mine()
        yield Step("follow")
        self.side.mine(self.side.final - 1)
        yield Step("settle")

    def check(self) -> None:
        for withdrawal in self.withdrawals:
            paid_once(self.side, withdrawal)
        books_agree(self.side)


class Batch(PaidWithdrawals):
    name = "three withdrawals at once"
    every = 8
    number = 3


class Replaced(PaidWithdrawals):
    name = "replaced, the newest attempt confirms"
    every = 8

    def story(self) -> Iterator[Step]:
        self.begin()
        self.side.house.pay()
        yield Step("replace", later_s=LATER_S)
        assert PaymentAttempt.objects.count() == 2
        yield from self.until_settled()


class OldAttemptConfirms(PaidWithdrawals):
    name = "replaced, the first attempt confirms"
    every = 8

    def story(self) -> Iterator[Step]:
        self.begin()
        self.side.house.pay()
        yield Step("replace", later_s=LATER_S, aftermath=self.side.mine_first_attempt)
        assert PaymentAttempt.objects.count() == 2
        self.side.mine_first_attempt()
        yield Step("follow")
        self.side.mine(self.side.final - 1)
        yield Step("settle")

    def check(self) -> None:
        super().check()
        assert PaymentAttempt.objects.get(number=1).is_confirmed
