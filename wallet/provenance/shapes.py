"""What each kind of transaction moves."""

from collections.abc import Collection, Iterator

from wallet import debts, movements, services
from wallet.ledger import REVERSAL
from wallet.models import AccountKind, Side
from wallet.provenance.query import rows

_D, _C = Side.DEBIT, Side.CREDIT
_Shape = tuple[tuple[AccountKind, Side], ...]

_ARRIVED: _Shape = ((AccountKind.CUSTODY, _D),)
_BOUGHT: _Shape = (
    (AccountKind.POSITION, _C),
    (AccountKind.POSITION_COST, _D),
    (AccountKind.RECEIVABLE, _C),
    (AccountKind.PLAYER, _C),
)
# What each kind of transaction may touch, and on which side.
SHAPES: dict[str, _Shape] = {
    services.PLAY_GRANT: ((AccountKind.PLAY_MONEY, _D), (AccountKind.PLAYER, _C)),
    services.BUY_IN: ((AccountKind.PLAYER, _D), (AccountKind.ESCROW, _C)),
    services.CASH_OUT: ((AccountKind.ESCROW, _D), (AccountKind.PLAYER, _C)),
    services.HAND: ((AccountKind.ESCROW, _D), (AccountKind.ESCROW, _C), (AccountKind.RAKE, _C)),
    movements.DEPOSIT: (*_ARRIVED, *_BOUGHT),
    movements.DEPOSIT_REVERSAL: (
        (AccountKind.CUSTODY, _C),
        (AccountKind.POSITION, _D),
        (AccountKind.POSITION_COST, _C),
        (AccountKind.RECEIVABLE, _D),
        (AccountKind.PLAYER, _D),
    ),
    debts.REPAYMENT: ((AccountKind.PLAYER, _D), (AccountKind.RECEIVABLE, _C)),
    movements.DUST: (*_ARRIVED, (AccountKind.DUST, _C)),
    movements.QUARANTINE: (*_ARRIVED, (AccountKind.QUARANTINE, _C)),
    movements.QUARANTINE_RELEASE: ((AccountKind.QUARANTINE, _D), *_BOUGHT),
    movements.QUARANTINE_GONE: (
        (AccountKind.CUSTODY, _C),
        (AccountKind.QUARANTINE, _D),
        (AccountKind.DUST, _D),
        (AccountKind.CAPITAL, _D),
    ),
    movements.QUARANTINE_RETURN: ((AccountKind.QUARANTINE, _D), (AccountKind.CAPITAL, _C)),
    movements.WITHDRAWAL_HOLD: ((AccountKind.PLAYER, _D), (AccountKind.HELD, _C)),
    movements.WITHDRAWAL_RELEASE: ((AccountKind.HELD, _D), (AccountKind.PLAYER, _C)),
    movements.PAYMENT: (
        (AccountKind.CUSTODY, _D),
        (AccountKind.CUSTODY, _C),
        (AccountKind.POSITION, _D),
        (AccountKind.POSITION_COST, _C),
        (AccountKind.HELD, _D),
        (AccountKind.FEES, _C),
        (AccountKind.NETWORK_FEES, _D),
    ),
    movements.CAPITAL: (
        (AccountKind.CUSTODY, _D),
        (AccountKind.CUSTODY, _C),
        (AccountKind.CAPITAL, _D),
        (AccountKind.CAPITAL, _C),
    ),
    movements.LOSS: ((AccountKind.CUSTODY, _C), (AccountKind.LOSSES, _D)),
    movements.DIFFERENCE: (
        (AccountKind.CUSTODY, _D),
        (AccountKind.CAPITAL, _C),
        (AccountKind.CUSTODY, _C),
        (AccountKind.LOSSES, _D),
    ),
}
# All that they move is one player's.
OF_ONE_PLAYER = (
    services.PLAY_GRANT,
    services.BUY_IN,
    services.CASH_OUT,
    movements.DEPOSIT,
    movements.DEPOSIT_REVERSAL,
    debts.REPAYMENT,
    movements.QUARANTINE_RELEASE,
    movements.WITHDRAWAL_HOLD,
    movements.WITHDRAWAL_RELEASE,
)
# Accounts with too many entries to be looked at whole every time.
_OF_THE_GAME = (AccountKind.PLAYER, AccountKind.ESCROW, AccountKind.RAKE)

_MISSHAPEN = """
WITH looked_at AS MATERIALIZED (
  SELECT e.transaction_id AS id
  FROM wallet_account a CROSS JOIN LATERAL (
    SELECT transaction_id FROM wallet_entry WHERE account_id = a.id OFFSET 0) e
  WHERE NOT a.kind = ANY(%(game)s) OR (a.kind = 'player' AND a.user_id = ANY(%(players)s))
  UNION
  SELECT t.id
  FROM wallet_account a JOIN wallet_entry e ON e.account_id = a.id
  JOIN wallet_transaction t ON t.id = e.transaction_id
  WHERE a.kind = 'escrow' AND a.user_id = ANY(%(players)s) AND t.kind <> %(hand)s
  UNION
  SELECT id FROM wallet_transaction WHERE id > %(newer_than)s
), shape AS (
  SELECT * FROM unnest(%(kinds)s::text[], %(accounts)s::text[], %(sides)s::text[])
    AS s (kind, account_kind, side)
)
SELECT t.key, t.kind, a.code, e.side
FROM looked_at
JOIN wallet_transaction t ON t.id = looked_at.id
LEFT JOIN wallet_transaction original ON original.id = t.reverses_id
JOIN wallet_entry e ON e.transaction_id = t.id
JOIN wallet_account a ON a.id = e.account_id
WHERE (t.kind = %(reversal)s) <> (original.id IS NOT NULL)
   OR NOT EXISTS (
     SELECT FROM shape s
     WHERE s.kind = coalesce(original.kind, t.kind) AND s.account_kind = a.kind
       AND (s.side = e.side) = (original.id IS NULL))
   OR (coalesce(original.kind, t.kind) = ANY(%(of_one_player)s) AND a.user_id <> (
     SELECT min(its.user_id) FROM wallet_entry o JOIN wallet_account its ON its.id = o.account_id
     WHERE o.transaction_id = t.id))
   OR (coalesce(original.kind, t.kind) = ANY(%(sitting)s) AND a.kind = 'escrow' AND NOT EXISTS (
     SELECT FROM wallet_entry o JOIN wallet_account its ON its.id = o.account_id
     WHERE o.transaction_id = t.id AND its.kind = 'player'))
ORDER BY t.id, e.id LIMIT 20
"""


def misshapen(*, players: Collection[int], newer_than: int) -> Iterator[str]:
    """Transactions that move what their kind does not, a line each.

    Looked at are those of the house's accounts, of these players' but for hands, and, whatever they
    move, those with a higher id.
    """
    shape = [(kind, of, side) for kind, shape in SHAPES.items() for of, side in shape]
    kinds, accounts, sides = (list(map(str, column)) for column in zip(*shape, strict=True))
    values = {
        "game": list(map(str, _OF_THE_GAME)),
        "players": list(players),
        "newer_than": newer_than,
        "hand": services.HAND,
        "reversal": REVERSAL,
        "kinds": kinds,
        "accounts": accounts,
        "sides": sides,
        "of_one_player": list(OF_ONE_PLAYER),
        "sitting": [services.BUY_IN, services.CASH_OUT],
    }
    for key, kind, code, side in rows(_MISSHAPEN, values):
        yield f"transaction {key}: a {kind} has no such entry ({side}) on {code}"
