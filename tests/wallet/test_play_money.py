"""Where play money was given away, no coins of a main network come in or go out."""

from typing import Any

import pytest

from tests.wallet.house import give
from tests.wallet.withdrawals.house import ask, open_house, player_with
from wallet import limits, withdrawals
from wallet.limits.errors import PlayMoneyRoom
from wallet.play_money import bars_coins
from wallet.signer.judgement import halted
from wallet.withdrawals.errors import PlayMoneyGranted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(db: None, settings: Any) -> None:
    open_house(settings)


def test_one_won_of_it_closes_withdrawals_the_signer_and_deposits() -> None:
    player = player_with()
    row = ask(player)
    assert (halted(), bars_coins()) == ("", False)
    give(player.pk, 1)
    assert halted() == "play_money_granted"
    with pytest.raises(PlayMoneyGranted):
        withdrawals.quote(user=player, asset="BTC", amount_krw=100_000)
    with pytest.raises(PlayMoneyGranted):
        withdrawals.mark(row, "signed")
    with pytest.raises(PlayMoneyRoom):
        limits.check_deposit(user_id=player.pk)
    assert withdrawals.cancel(user=player, public_id=row.public_id).state == "cancelled"
    assert str(PlayMoneyGranted().message) == (
        "Play money was given away in this room, so it pays out no coins."
    )


@pytest.mark.parametrize(
    ("main", "changes"),
    [
        (True, {}),
        (True, {"BITCOIN_NETWORK": "test", "ETHEREUM_CHAIN_ID": 1}),
        (False, {"BITCOIN_NETWORK": "test", "ETHEREUM_CHAIN_ID": 11_155_111}),
        (False, {"BITCOIN_RPC_URL": "", "ETHEREUM_CHAIN_ID": 31_337}),
        (False, {"BITCOIN_RPC_URL": "", "ETHEREUM_RPC_URL": "", "ETHEREUM_CHAIN_ID": 1}),
    ],
    ids=str,
)
def test_only_a_main_network_with_a_node_counts(
    main: bool, changes: dict[str, Any], settings: Any
) -> None:
    give(player_with().pk, 1)
    for name, value in changes.items():
        setattr(settings, name, value)
    assert bars_coins() is main
