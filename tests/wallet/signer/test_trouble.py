"""An error that nobody expected: it is told, and the other payments go on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from tests.wallet.signer.bitcoin_house import BitcoinHouse
from tests.wallet.signer.ethereum_house import ETHER, EthereumHouse
from tests.wallet.signer.house import approved, state_of
from tests.wallet.signer.telling import told
from wallet.assets import Asset, Network
from wallet.models import MoneyEvent, Payment, PaymentState, Withdrawal, WithdrawalState
from wallet.signer import ethereum, passes
from wallet.signer.errors import SignerLockLost
from wallet.signer.locks import only_signer
from wallet.tasks import signing

pytestmark = pytest.mark.django_db


@contextmanager
def broken(
    patch: pytest.MonkeyPatch, module: Any, name: str, is_bad: Callable[..., bool]
) -> Iterator[None]:
    """A mistake of ours in a function, for some of what it is called with."""
    true = getattr(module, name)

    def mistaken(*args: Any, **kwargs: Any) -> Any:
        if is_bad(*args, **kwargs):
            raise KeyError("nobody thought of this")
        return true(*args, **kwargs)

    with patch.context() as inside:
        inside.setattr(module, name, mistaken)
        yield


@pytest.fixture
def house(ethereum_house: EthereumHouse) -> EthereumHouse:
    ethereum_house.fund(Asset.ETH, 20 * ETHER)
    return ethereum_house


@pytest.mark.parametrize("step", ["sign", "send", "follow", "settle"])
def test_the_payments_after_it_go_on(
    house: EthereumHouse, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = (approved(house.address(), ETHER, Asset.ETH) for _ in range(2))
    module = ethereum if step == "sign" else passes

    def is_bad(_wallet: Any, payment: Payment) -> bool:
        return payment.outputs.get().withdrawal_id == bad.pk

    with broken(monkeypatch, module, step, is_bad):
        house.pay()
        if step in ("sign", "send"):
            # Its nonce is the lower one: the other one waits for it in the mempool.
            assert state_of(good) == WithdrawalState.BROADCAST
        house.until_settled()
        assert (state_of(good) == WithdrawalState.SETTLED) is (step in ("follow", "settle"))
        assert state_of(bad) != WithdrawalState.SETTLED
    told_of = MoneyEvent.objects.filter(kind="alert.signer_failed")
    assert set(told_of.values_list("subject", flat=True)) == {f"payment:{house.payments()[0].pk}"}
    house.pay()
    house.until_settled()
    assert state_of(bad) == state_of(good) == WithdrawalState.SETTLED
    for each in (bad, good):
        assert house.balance(Asset.ETH, each.address) == ETHER


@pytest.mark.parametrize("network", ["bitcoin", "ethereum"])
@pytest.mark.parametrize("name", ["wallet.signer.queue.require_payable", "price of it"])
def test_the_withdrawals_after_it_are_paid(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, network: str, name: str
) -> None:
    house: BitcoinHouse | EthereumHouse = request.getfixturevalue(f"{network}_house")
    is_bitcoin = isinstance(house, BitcoinHouse)
    if isinstance(house, BitcoinHouse):
        house.fund(10**8)
        bad, good = (approved(house.address(), 100_000) for _ in range(2))
    else:
        house.fund(Asset.ETH, 20 * ETHER)
        bad, good = (approved(house.address(), ETHER, Asset.ETH) for _ in range(2))
    if name == "price of it":
        name = f"wallet.signer.{network}.fee_cap_units"
    module_name, _, function = name.rpartition(".")
    module = __import__(module_name, fromlist=[function])

    def is_bad(asked: Withdrawal | list[Withdrawal]) -> bool:
        return bad in (asked if isinstance(asked, list) else [asked])

    with broken(monkeypatch, module, function, is_bad):
        house.pay()
    assert (state_of(bad), state_of(good)) == (WithdrawalState.APPROVED, WithdrawalState.BROADCAST)
    told_of = MoneyEvent.objects.filter(kind="alert.signer_failed")
    assert list(told_of.values_list("subject", flat=True)) == [f"withdrawal:{bad.public_id}"]
    house.pay()
    assert state_of(bad) == (WithdrawalState.APPROVED if is_bitcoin else WithdrawalState.BROADCAST)


def test_the_other_network_is_served(
    bitcoin_house: BitcoinHouse, house: EthereumHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    withdrawal = approved(house.address(), ETHER, Asset.ETH)
    monkeypatch.setattr(signing, "_seed", lambda: house.seed)
    with broken(
        monkeypatch, passes, "follow_and_settle", lambda wallet: wallet.network == Network.BITCOIN
    ):
        signing.sign_payments()
    assert state_of(withdrawal) == WithdrawalState.BROADCAST
    assert told() == {"signer_failed"}


@pytest.mark.django_db(transaction=True)
def test_a_lost_session_ends_the_pass(
    house: EthereumHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock went with it, so another signer may be at work."""
    for _ in range(2):
        approved(house.address(), ETHER, Asset.ETH)
    with only_signer(Network.ETHEREUM):
        ethereum.prepare(house.wallet)

    def hang_up(_wallet: Any, _payment: Payment) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return False

    with broken(monkeypatch, ethereum, "sign", hang_up), pytest.raises(SignerLockLost):
        house.pay()
    connection.close()
    assert {payment.state for payment in house.payments()} == {PaymentState.PREPARED}
    house.pay()
    assert {payment.state for payment in house.payments()} == {PaymentState.BROADCAST}
