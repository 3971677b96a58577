"""Money that moves because of the chains: the accounting of deposits, withdrawals and our coins.

Each function is one ledger transaction, happens once by its key, and joins the caller's `atomic`
block. Coins are counted in units (satoshi, wei, millionths), won in whole won.

| kind               | key                          | entries                                      |
|--------------------|------------------------------|----------------------------------------------|
| deposit            | `deposit:<id>:<nth credit>`  | custody → position; position's cost → player |
| deposit_reversal   | `deposit-reversal:<id>:<n>`  | the contrary; what the player lacks is owed  |
| dust               | `dust:<deposit id>:<n>`      | custody → dust                               |
| quarantine         | `quarantine:<id>:<n>`        | custody → quarantine                         |
| quarantine_release | `quarantine-release:<id>`    | quarantine → position; cost → player         |
| quarantine_gone    | `quarantine-gone:<id>:<n>`   | the contrary of quarantine                   |
| quarantine_return  | `quarantine-return:<id>:<n>` | quarantine → capital                         |
| withdrawal_hold    | `withdrawal:<public id>`     | player → held                                |
| withdrawal_release | `withdrawal-release:<id>`    | held → player                                |
| payment            | `payment:<id>`               | what a transaction of ours moved and cost    |
| capital            | `capital:<network>:<txid>:…` | coins the operator sent us, or took out      |
| loss               | `loss:<network>:<txid>:…`    | coins that nobody of ours took               |
| difference         | `difference:<run>:<asset>:…` | capital → custody; custody → losses          |
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from wallet import chart
from wallet.chart import AccountSpec
from wallet.ledger import Posting, credit, debit, lock, post
from wallet.models import Account, Side, Transaction, Withdrawal

DEPOSIT = "deposit"
DEPOSIT_REVERSAL = "deposit_reversal"
DUST = "dust"
QUARANTINE = "quarantine"
QUARANTINE_RELEASE = "quarantine_release"
QUARANTINE_GONE = "quarantine_gone"
QUARANTINE_RETURN = "quarantine_return"
WITHDRAWAL_HOLD = "withdrawal_hold"
WITHDRAWAL_RELEASE = "withdrawal_release"
PAYMENT = "payment"
CAPITAL = "capital"
LOSS = "loss"
DIFFERENCE = "difference"


def lock_to_credit(*, user_ids: Iterable[int], assets: Iterable[str]) -> dict[int, int]:
    """Lock what credits of these players and assets post on; the won that each player owes.

    For a caller that credits several deposits in one database transaction.
    """
    owed = {chart.receivable(user_id): user_id for user_id in user_ids}
    accounts = [*owed, *map(chart.player, owed.values())]
    for asset in assets:
        accounts += [chart.position(asset), chart.position_cost(asset)]
        accounts += [chart.custody("deposits", asset), chart.dust(asset), chart.quarantine(asset)]
    lock(accounts)
    rows = {row.code: row for row in Account.objects.filter(code__in=[each.code for each in owed])}
    return {user_id: rows[account.code].balance for account, user_id in owed.items()}


def credit_deposit(
    *,
    deposit_id: int,
    nth: int,
    user_id: int,
    asset: str,
    amount_units: int,
    amount_krw: int,
    owed_krw: int | None = None,
) -> Transaction:
    """Buy a deposit's coins from its player: what the player owes is paid first.

    `nth` counts the credits of this deposit: a deposit that went away and came again is credited
    again. Whoever holds the locks of `lock_to_credit` knows `owed_krw`.
    """
    coins = [
        debit(chart.custody("deposits", asset), amount_units),
        credit(chart.position(asset), amount_units),
    ]
    if owed_krw is None:
        owed_krw = _lock_purchase(user_id, asset, coins)
    return post(
        kind=DEPOSIT,
        key=f"deposit:{deposit_id}:{nth}",
        postings=[*coins, *_bought(user_id, asset, amount_krw, owed_krw=owed_krw)],
        meta={"deposit_id": deposit_id, "user_id": user_id},
    )


def reverse_deposit(
    *, deposit_id: int, nth: int, user_id: int, asset: str, amount_units: int, amount_krw: int
) -> Transaction:
    """Take a credited deposit back whose block went away; what the player lacks is owed."""
    player, owed = chart.player(user_id), chart.receivable(user_id)
    postings = [
        debit(chart.position(asset), amount_units),
        credit(chart.custody("deposits", asset), amount_units),
        credit(chart.position_cost(asset), amount_krw),
    ]
    lock([player, owed, *(posting.account for posting in postings)])
    taken_krw = min(balance(player), amount_krw)
    if taken_krw:
        postings.append(debit(player, taken_krw))
    if taken_krw < amount_krw:
        postings.append(debit(owed, amount_krw - taken_krw))
    return post(
        kind=DEPOSIT_REVERSAL,
        key=f"deposit-reversal:{deposit_id}:{nth}",
        postings=postings,
        meta={"deposit_id": deposit_id, "user_id": user_id},
    )


def book_dust(*, deposit_id: int, nth: int, asset: str, amount_units: int) -> Transaction:
    """Coins that arrived and are too few to credit."""
    return _arrived(DUST, f"dust:{deposit_id}:{nth}", chart.dust(asset), asset, amount_units)


def book_quarantine(*, deposit_id: int, nth: int, asset: str, amount_units: int) -> Transaction:
    """Coins that arrived and wait for staff."""
    key = f"quarantine:{deposit_id}:{nth}"
    return _arrived(QUARANTINE, key, chart.quarantine(asset), asset, amount_units)


def release_quarantine(
    *, deposit_id: int, user_id: int, asset: str, amount_units: int, amount_krw: int
) -> Transaction:
    """Credit a deposit out of quarantine, by a decision of staff."""
    coins = [
        debit(chart.quarantine(asset), amount_units),
        credit(chart.position(asset), amount_units),
    ]
    owed_krw = _lock_purchase(user_id, asset, coins)
    return post(
        kind=QUARANTINE_RELEASE,
        key=f"quarantine-release:{deposit_id}",
        postings=[*coins, *_bought(user_id, asset, amount_krw, owed_krw=owed_krw)],
        meta={"deposit_id": deposit_id, "user_id": user_id},
    )


def return_quarantine(*, deposit_id: int, nth: int, asset: str, amount_units: int) -> Transaction:
    """Coins in quarantine whose sender the operator has paid back out of its own.

    Those that arrived are the operator's from then on, where they are.
    """
    return post(
        kind=QUARANTINE_RETURN,
        key=f"quarantine-return:{deposit_id}:{nth}",
        postings=[
            debit(chart.quarantine(asset), amount_units),
            credit(chart.capital(asset), amount_units),
        ],
    )


def unbook(
    *, deposit_id: int, nth: int, held_by: AccountSpec, asset: str, amount_units: int
) -> Transaction:
    """Coins in quarantine or dust, or given back, whose block went away."""
    return post(
        kind=QUARANTINE_GONE,
        key=f"quarantine-gone:{deposit_id}:{nth}",
        postings=[
            debit(held_by, amount_units),
            credit(chart.custody("deposits", asset), amount_units),
        ],
    )


def hold(withdrawal_public_id: str, *, user_id: int, amount_krw: int) -> Transaction:
    """Take a withdrawal's won from its player. Raises InsufficientFunds."""
    return post(
        kind=WITHDRAWAL_HOLD,
        key=f"withdrawal:{withdrawal_public_id}",
        postings=[
            debit(chart.player(user_id), amount_krw),
            credit(chart.held(user_id), amount_krw),
        ],
        meta={"withdrawal": withdrawal_public_id},
    )


def release(withdrawal: Withdrawal) -> Transaction:
    """Give the hold of a withdrawal that will not be paid back."""
    return post(
        kind=WITHDRAWAL_RELEASE,
        key=f"withdrawal-release:{withdrawal.public_id}",
        postings=[
            debit(chart.held(withdrawal.user_id), withdrawal.amount_krw),
            credit(chart.player(withdrawal.user_id), withdrawal.amount_krw),
        ],
        meta={"withdrawal": str(withdrawal.public_id)},
    )


@dataclass
class Movement:
    """What a transaction of ours did, summed by account; `post` nets it into one posting each."""

    sums: defaultdict[AccountSpec, int] = field(default_factory=lambda: defaultdict(int))

    def moved(self, asset: str, units: int, source: AccountSpec, target: AccountSpec) -> None:
        """Coins of ours that are elsewhere now: both are debit accounts of `asset`."""
        self.sums[source] -= units
        self.sums[target] += units

    def paid_out(self, withdrawal: Withdrawal) -> None:
        """A withdrawal whose coins left the hot wallet."""
        asset = withdrawal.asset
        self.sums[chart.custody("hot", asset)] -= withdrawal.amount_units
        self.sums[chart.position(asset)] += withdrawal.amount_units
        self.sums[chart.held(withdrawal.user_id)] += withdrawal.amount_krw
        self.sums[chart.position_cost(asset)] -= withdrawal.amount_krw - withdrawal.fee_krw
        self.sums[chart.fees()] -= withdrawal.fee_krw

    def fee(self, native: str, units: int, source: AccountSpec) -> None:
        """What the network took of `source`, a custody account of the native coin."""
        self.sums[source] -= units
        self.sums[chart.network_fees(native)] += units

    def post(self, payment_id: int) -> Transaction | None:
        """Write it; None where nothing moved."""
        postings = _postings(self.sums.items())
        if not postings:
            return None
        return post(kind=PAYMENT, key=f"payment:{payment_id}", postings=postings)


def capital_moved(*, key: str, asset: str, place: AccountSpec, units: int) -> Transaction:
    """The operator's own coins: `units` came to `place`, or (below zero) left it."""
    ours = chart.capital(asset)
    into = [debit(place, abs(units)), credit(ours, abs(units))]
    out = [credit(place, abs(units)), debit(ours, abs(units))]
    return post(kind=CAPITAL, key=f"capital:{key}", postings=into if units > 0 else out)


def lost(*, key: str, asset: str, place: AccountSpec, units: int) -> Transaction:
    """Coins that are gone from `place` against the will of the operator, says staff."""
    return post(
        kind=LOSS,
        key=f"loss:{key}",
        postings=[debit(chart.losses(asset), units), credit(place, units)],
    )


def difference_booked(*, key: str, asset: str, place: AccountSpec, units: int) -> Transaction:
    """What chain and ledger differ by, as two of staff decided.

    Above zero `place` has more than the ledger: the operator's. Below, coins are lost.
    """
    if units > 0:
        postings = [debit(place, units), credit(chart.capital(asset), units)]
    else:
        postings = [debit(chart.losses(asset), -units), credit(place, -units)]
    return post(kind=DIFFERENCE, key=f"difference:{key}", postings=postings)


def balance(account: AccountSpec) -> int:
    """What is on an account now; 0 where it was never opened."""
    row = Account.objects.filter(code=account.code).first()
    return row.balance if row else 0


def _lock_purchase(user_id: int, asset: str, coins: Iterable[Posting]) -> int:
    """Lock every account that a purchase of `coins` posts on; the won that the player owes."""
    owed = chart.receivable(user_id)
    accounts = [owed, chart.player(user_id), chart.position_cost(asset)]
    lock([*accounts, *(posting.account for posting in coins)])
    return balance(owed)


def _bought(user_id: int, asset: str, amount_krw: int, *, owed_krw: int) -> list[Posting]:
    """Won for coins: what the player owes is paid first."""
    if not amount_krw:
        return []
    repaid_krw = min(owed_krw, amount_krw)
    postings = [debit(chart.position_cost(asset), amount_krw)]
    if repaid_krw:
        postings.append(credit(chart.receivable(user_id), repaid_krw))
    if repaid_krw < amount_krw:
        postings.append(credit(chart.player(user_id), amount_krw - repaid_krw))
    return postings


def _arrived(
    kind: str, key: str, target: AccountSpec, asset: str, amount_units: int
) -> Transaction:
    return post(
        kind=kind,
        key=key,
        postings=[
            debit(chart.custody("deposits", asset), amount_units),
            credit(target, amount_units),
        ],
    )


def _postings(sums: Iterable[tuple[AccountSpec, int]]) -> list[Posting]:
    """Positive sums are debits."""
    return [
        Posting(account, Side.DEBIT if total > 0 else Side.CREDIT, abs(total))
        for account, total in sums
        if total
    ]
