"""The site in development has rates: its own rate server, asked on beat."""

import psycopg

from tests.support.servers import busy, wait_until
from tests.support.site import RunningSite

FRESH = """
SELECT asset, min(mid_krw)::bigint FROM wallet_rate WHERE at > now() - interval '1 minute'
GROUP BY asset"""


def test_every_asset_has_a_fresh_rate_of_the_local_server(site: RunningSite) -> None:
    def rates() -> dict[str, int]:
        with psycopg.connect(site.database_url) as connection:
            return dict(connection.execute(FRESH).fetchall())

    wait_until(lambda: len(rates()) == 4, seconds=60 * busy(), what="a fresh rate of every asset")
    assert rates() == {"BTC": 150_000_000, "ETH": 5_000_000, "USDT": 1_400, "USDC": 1_400}
