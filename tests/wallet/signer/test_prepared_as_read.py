"""A withdrawal that changes between being read and being prepared is not prepared as it was."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction

from tests.wallet.house import execute
from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.house import MARKET_KRW, approved, state_of
from tests.wallet.withdrawals.house import let_lapse, set_rate
from wallet.assets import Asset, Network
from wallet.models import PaymentKind, PaymentOutput, Withdrawal
from wallet.signer import bitcoin, ethereum, payments, queue
from wallet.signer.errors import WithdrawalChanged
from wallet.signer.locks import only_signer
from wallet.signer.payments import Recipient
from wallet.withdrawals import fix_rate_to_pay, mark

pytestmark = pytest.mark.django_db

BTC = 10**8


def rate_fixed_again(withdrawal: Withdrawal) -> None:
    # Near enough to what the exchanges say.
    set_rate(withdrawal.asset, mid_krw=MARKET_KRW[Asset(withdrawal.asset)] * 101 // 100)
    let_lapse(withdrawal.quote_id)
    assert fix_rate_to_pay(withdrawal) is not None


def cancelled(withdrawal: Withdrawal) -> None:
    mark(withdrawal, "cancelled")


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[ModuleType, Callable[[], None]], None]:
    """Something happens once, right after the signer has read what it may pay."""

    def arrange(network: ModuleType, happens: Callable[[], None]) -> None:
        def read(*args: Any, **kwargs: Any) -> list[Withdrawal]:
            rows = queue.payable(*args, **kwargs)
            monkeypatch.undo()
            happens()
            return rows

        monkeypatch.setattr(network, "payable", read)

    return arrange


@pytest.fixture
def unguarded() -> None:
    """The signer's own look alone, until the test is over."""
    execute("ALTER TABLE wallet_paymentoutput DISABLE TRIGGER wallet_output_begins")


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("change", [rate_fixed_again, cancelled])
def test_bitcoin(
    bitcoin_house: BitcoinHouse,
    meanwhile: Callable[..., None],
    change: Callable[[Withdrawal], None],
) -> None:
    house = bitcoin_house
    house.fund(BTC)
    withdrawal = approved(house.address(), 100_000)
    meanwhile(bitcoin, lambda: change(withdrawal))
    with only_signer(house.wallet.network):
        assert bitcoin.prepare(house.wallet) is None
    assert house.payments() == []
    house.pay()
    withdrawal.refresh_from_db()
    paid = [] if change is cancelled else [withdrawal.amount_units]
    assert house.received_sat(withdrawal.address) == paid
    assert withdrawal.amount_units != 100_000 or change is cancelled


@pytest.mark.usefixtures("unguarded")
def test_ether(ethereum_house: EthereumHouse, meanwhile: Callable[..., None]) -> None:
    house = ethereum_house
    house.fund(Asset.ETH, ETHER)
    withdrawal = approved(house.address(), ETHER // 10, Asset.ETH)
    meanwhile(ethereum, lambda: rate_fixed_again(withdrawal))
    with only_signer(house.wallet.network):
        ethereum.prepare(house.wallet)
    assert house.payments() == []
    house.pay()
    assert state_of(withdrawal) == "broadcast"
    assert withdrawal.amount_units == PaymentOutput.objects.get().amount_units != ETHER // 10


@pytest.mark.parametrize("change", [rate_fixed_again, cancelled])
def test_what_has_changed_is_named(
    bitcoin_house: BitcoinHouse, change: Callable[[Withdrawal], None]
) -> None:
    """One that has changed keeps the whole payment from being written."""
    house = bitcoin_house
    ids = [approved(house.address(), 100_000).pk for _ in range(2)]
    read = list(Withdrawal.objects.filter(id__in=ids).order_by("id"))
    change(Withdrawal.objects.get(id=ids[1]))
    with pytest.raises(WithdrawalChanged) as refused, transaction.atomic():
        payments.create(
            network=Network.BITCOIN,
            asset=Asset.BTC,
            kind=PaymentKind.WITHDRAWAL,
            from_address=house.hot,
            recipients=[Recipient(each.address, each.amount_units, each) for each in read],
            fee_cap_units=100_000,
        )
    assert (refused.value.code, refused.value.detail) == (
        "withdrawal_changed",
        str(read[1].public_id),
    )
    assert house.payments() == []
    house.fund(BTC)
    house.pay()
    assert house.received_sat(read[0].address) == [100_000]
    paid = [] if change is cancelled else [Withdrawal.objects.get(id=ids[1]).amount_units]
    assert house.received_sat(read[1].address) == paid
