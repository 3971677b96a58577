"""Rows that say a payment is over, while it is not: nothing is paid twice."""

import pytest

from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.forging import (
    call_superseded,
    insert_output,
    insert_payment,
    take_coin,
)
from tests.wallet.signer.house import AMOUNT_KRW, approved, state_of
from tests.wallet.signer.telling import told
from wallet.assets import Asset
from wallet.models import Policy
from wallet.policies import policy
from wallet.signer.ceilings import Ceilings
from wallet.signer.errors import NotPayable

BTC = 10**8


@pytest.mark.usefixtures("as_site")
@pytest.mark.parametrize("is_in_a_block", [False, True])
def test_bitcoin_is_not_paid_again_because_a_row_says_so(
    bitcoin_house: BitcoinHouse, *, is_in_a_block: bool
) -> None:
    house = bitcoin_house
    house.fund(BTC, BTC)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    if is_in_a_block:
        house.mine(6)
    call_superseded(house.payment())
    assert state_of(withdrawal) == "approved"
    house.pay()
    house.mine()
    house.pay()
    assert house.received_sat(withdrawal.address) == [100_000]
    assert len(house.payments()) == 1
    assert "signed_before" in told()


@pytest.mark.usefixtures("as_site")
@pytest.mark.parametrize("is_final", [False, True])
def test_ether_is_not_paid_again_because_a_row_says_so(
    ethereum_house: EthereumHouse, *, is_final: bool
) -> None:
    house = ethereum_house
    house.fund(Asset.ETH, ETHER)
    withdrawal = approved(house.address(), ETHER // 10, Asset.ETH)
    house.pay()
    if is_final:
        house.mine(12)
    call_superseded(house.payment())
    house.pay()
    house.mine()
    house.pay()
    house.mine()
    assert house.balance(Asset.ETH, withdrawal.address) == ETHER // 10
    assert len(house.payments()) == 1
    assert "signed_before" in told()


@pytest.mark.django_db
def test_what_was_prepared_before_is_not_signed_either(bitcoin_house: BitcoinHouse) -> None:
    """Whoever called it superseded also wrote the next payment."""
    house = bitcoin_house
    house.fund(BTC, BTC)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    call_superseded(house.payment())
    again = insert_payment(house.hot, kind="withdrawal", amount_units=100_000)
    insert_output(again, withdrawal.address, 100_000, withdrawal=withdrawal)
    take_coin(again)
    house.pay()
    again.refresh_from_db()
    assert (again.state, again.reason) == ("dropped", "signed_before")
    assert house.received_sat(withdrawal.address) == [100_000]


@pytest.mark.django_db
def test_a_signature_counts_unless_it_is_proven_dead(bitcoin_house: BitcoinHouse) -> None:
    house = bitcoin_house
    house.fund(BTC)
    withdrawal = approved(house.address(), 100_000)
    house.pay()
    policy()
    Policy.objects.update(user_hour_krw=AMOUNT_KRW)
    Ceilings(with_prepared=False).admit(withdrawal, dead={house.payment().pk})
    with pytest.raises(NotPayable) as caught:
        Ceilings(with_prepared=False).admit(withdrawal, dead=())
    assert caught.value.reason == "withdrawal_limit"
