"""Where the embedded servers listen. Settings read this, so it imports nothing heavy.

`DATA_DIR/services.json` (mode 0600) is written by the first `manage.py run_site` and holds the
ports and passwords of the servers it started.
"""

import json
from pathlib import Path
from typing import Any

# Nothing listens on port 1: before the first start, a connection is refused at once.
NOWHERE_PORT = 1
# What the first account of development's Ethereum node deploys first has these addresses.
DEV_USDT_CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
DEV_USDC_CONTRACT = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512"


def services_file(data_dir: Path) -> Path:
    return data_dir / "services.json"


def read_services(data_dir: Path) -> dict[str, Any]:
    """What the file says; empty when there is none yet."""
    try:
        services: dict[str, Any] = json.loads(services_file(data_dir).read_text())
    except FileNotFoundError:
        return {}
    return services


def default_database_url(data_dir: Path) -> str:
    """The address of the embedded PostgreSQL, as the site's own role."""
    services = read_services(data_dir)
    if "postgresql_site" not in services:
        return f"postgresql://poker_site@127.0.0.1:{NOWHERE_PORT}/poker"
    password, port = services["postgresql_site"]["password"], services["postgresql"]["port"]
    return f"postgresql://poker_site:{password}@127.0.0.1:{port}/poker"


def default_owner_url(data_dir: Path) -> str:
    """The address of the embedded PostgreSQL, as the role that migrates."""
    service = read_services(data_dir).get("postgresql")
    if service is None:
        return f"postgresql://poker@127.0.0.1:{NOWHERE_PORT}/poker"
    return f"postgresql://poker:{service['password']}@127.0.0.1:{service['port']}/poker"


def default_redis_url(data_dir: Path) -> str:
    """The address of the embedded Valkey."""
    service = read_services(data_dir).get("valkey")
    if service is None:
        return f"redis://127.0.0.1:{NOWHERE_PORT}/0"
    return f"redis://:{service['password']}@127.0.0.1:{service['port']}/0"


def default_rates_url(data_dir: Path, exchange: str) -> str:
    """The address of an exchange at the local rate server."""
    service = read_services(data_dir).get("rates", {"port": NOWHERE_PORT})
    return f"http://127.0.0.1:{service['port']}/{exchange}"


def default_bitcoin_url(data_dir: Path) -> str:
    """The address of development's Bitcoin node; empty where there is none."""
    service = read_services(data_dir).get("bitcoin")
    return f"http://node:{service['password']}@127.0.0.1:{service['port']}" if service else ""


def default_ethereum_url(data_dir: Path) -> str:
    """The address of development's Ethereum node; empty where there is none."""
    service = read_services(data_dir).get("ethereum")
    return f"http://127.0.0.1:{service['port']}" if service else ""


def default_wallet(data_dir: Path) -> dict[str, str]:
    """Public keys and addresses of development's wallets; empty where there are none."""
    wallet: dict[str, str] = read_services(data_dir).get("wallet", {})
    return wallet
