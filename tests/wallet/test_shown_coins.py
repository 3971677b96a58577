"""Amounts of coins as pages write them."""

import pytest

from wallet.templatetags.coins import about, coins


@pytest.mark.parametrize(
    ("units", "asset", "text", "short"),
    [
        (0, "BTC", "0 BTC", "0 BTC"),
        (1, "BTC", "0.00000001 BTC", "0.00000001 BTC"),
        (150_000, "BTC", "0.0015 BTC", "0.0015 BTC"),
        (100_000_000_000, "BTC", "1,000 BTC", "1,000 BTC"),
        (-50_000_000, "BTC", "-0.5 BTC", "-0.5 BTC"),
        (1_234_567_890_123, "USDT", "1,234,567.890123 USDT", "1,234,567.890123 USDT"),
        (12_024_170_547_263_681_592, "ETH", "12.024170547263681592 ETH", "12.02417054 ETH"),
        (2**80, "ETH", "1,208,925.819614629174706176 ETH", "1,208,925.81961462 ETH"),
    ],
)
def test_every_unit_is_there_or_eight_decimals(
    units: int, asset: str, text: str, short: str
) -> None:
    assert coins(units, asset) == text
    assert about(units, asset) == short
