"""One player's program, as it speaks REST."""

from typing import Any

from django.test import Client

from accounts.models import User
from tests.wallet.withdrawals.house import BITCOIN
from wallet.models import PayoutAddress

ADDRESS = {"network": "bitcoin", "address": BITCOIN, "label": "cold", "owner": "self"}


class Web:
    """One player's program."""

    def __init__(self, user: User) -> None:
        self.client = Client(headers={"Accept-Language": "en"})
        self.client.force_login(user)

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/wallet/{path}", query)

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(
            f"/api/v1/wallet/{path}", body, content_type="application/json", headers=headers
        )

    def delete(self, path: str, *, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.delete(f"/api/v1/wallet/{path}", headers=headers)

    def withdraw(self, amount_krw: int = 100_000, *, key: str = "k") -> Any:
        entry = self.post("payout-addresses/", ADDRESS)
        number = entry.json().get("id") or PayoutAddress.objects.get().pk
        offer = self.post("quotes/", {"asset": "BTC", "amount_krw": amount_krw}).json()
        body = {"quote_id": offer["quote_id"], "payout_address_id": number}
        return self.post("withdrawals/", body, key=key)
