"""Nothing is paid out to where the house itself takes deposits."""

from collections.abc import Callable

import pytest

from accounts.models import User
from tests.wallet.api.web import ADDRESS, Web
from tests.wallet.withdrawals.house import player_with
from wallet.addressing import deposit_address, new_deposit_address
from wallet.models import PayoutAddress

pytestmark = pytest.mark.django_db

WRITTEN: list[tuple[str, Callable[[str], str]]] = [
    ("bitcoin", str),
    ("bitcoin", str.upper),
    ("ethereum", str),
    ("ethereum", str.lower),
    ("ethereum", lambda address: "0x" + address[2:].upper()),
]


@pytest.mark.parametrize(("network", "written"), WRITTEN)
@pytest.mark.parametrize("whose", ["own", "another's", "own, before a newer one"])
def test_a_deposit_address_is_the_houses(
    web: Web, player: User, network: str, written: Callable[[str], str], whose: str
) -> None:
    owner = player_with() if whose == "another's" else player
    address = deposit_address(user_id=owner.pk, network=network).address
    if "newer" in whose:
        assert new_deposit_address(user_id=owner.pk, network=network).address != address
    body = {**ADDRESS, "network": network, "address": written(address)}
    answer = web.post("payout-addresses/", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "address_own")
    assert not PayoutAddress.objects.exists()
