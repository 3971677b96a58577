"""A thousand deposits in fifty blocks, reorganisations among them, credited in one pass.

`make deposits` runs this alone and writes docs/results/deposits.md: pytest does not collect it by
itself, because it measures.
"""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.wallet.deposits.site import BitcoinSite, player_with_address
from tests.wallet.deposits.test_exactly_once import every_deposit_is_credited_once, pay_block
from wallet.addressing import bitcoin_script_of
from wallet.chains.bitcoin import BitcoinChain
from wallet.models import DepositAddress

WANTED_S = 30
BLOCKS, EACH = 50, 20
DEPTHS = (1, 2, 3, 4, 5, 6) * 2


def test_a_thousand_deposits_in_one_pass(bitcoin: BitcoinSite) -> None:
    players = [player_with_address("bitcoin") for _ in range(10)]
    amounts, depths = [], iter(DEPTHS)
    bitcoin.mine(6)
    bitcoin.scan_calmly()
    bitcoin.branch(6)  # the pass begins with taking back what was scanned
    first = bitcoin.node.height() + 1
    for block in range(BLOCKS):
        payments = [
            (players[number % 10][1], 2_000 + EACH * block + number) for number in range(EACH)
        ]
        amounts += [amount_sat for _, amount_sat in payments]
        pay_block(bitcoin, payments)
        if block % 4 == 3 and (depth := next(depths, None)):
            bitcoin.branch(depth)
            bitcoin.mine()
    bitcoin.mine(6)
    load = os.getloadavg()[0]
    read_s = _read_only(bitcoin, first)
    began = time.monotonic()
    done = bitcoin.scan()
    pass_s = time.monotonic() - began
    assert done.is_at_tip
    assert done.trouble == ""
    every_deposit_is_credited_once(amounts)
    bitcoin.check()
    at = datetime.now(UTC).isoformat(timespec="seconds")
    page = f"""# A thousand deposits, measured

Made by `make deposits` on {at}: {len(amounts):,} deposits in {BLOCKS} blocks of a real
Bitcoin node, with {len(DEPTHS) + 1} reorganisations of depth 1 to 6 before and among them, credited
in one pass of the scanner; {os.cpu_count()} cores, load average {load:.2f} when it began.

| | s |
|---|---|
| reading the same blocks from the node, and nothing else (the baseline) | {read_s:.1f} |
| the pass: {done.blocks} blocks read, {done.undone_blocks} undone, all credited | {pass_s:.1f} |
| ratio | {pass_s / read_s:.1f} |

Wanted: one pass in less than {WANTED_S} s. Every deposit was credited exactly once, and the books
agree with the chain.
"""
    print(page)
    if report := os.environ.get("DEPOSITS_REPORT"):
        Path(report).write_text(page)
    assert pass_s < WANTED_S


def _read_only(bitcoin: BitcoinSite, first: int) -> float:
    scripts = {
        bitcoin_script_of(address)
        for address in DepositAddress.objects.values_list("address", flat=True)
    }
    with BitcoinChain.connect(bitcoin.node.url, bitcoin.node.network) as chain:
        began = time.monotonic()
        for height in range(first, bitcoin.node.height() + 1):
            chain.block(chain.block_at(height)).transfers_to(scripts)
        return time.monotonic() - began
