"""Reading Bitcoin for deposits."""

from collections.abc import Collection

from django.conf import settings

from wallet.addressing import bitcoin_network
from wallet.assets import Network
from wallet.chains.bitcoin import BitcoinChain
from wallet.chains.types import BlockRef, Closing, Outpoint
from wallet.deposits.reading import BlockContent, Reached
from wallet.deposits.watch import Watch, outpoint_of
from wallet.providers import second_of

# Deeper than any reorganisation of the last decade.
START_DEPTH = 12


class BitcoinReader(Closing):
    """The nodes of the settings."""

    network = Network.BITCOIN
    unproven: frozenset[str] = frozenset()

    def __init__(self) -> None:
        chain = bitcoin_network()
        self.first = BitcoinChain.connect(settings.BITCOIN_RPC_URL, chain)
        second = second_of(settings.BITCOIN_RPC_URL, settings.BITCOIN_RPC_URL_2)
        self.second = BitcoinChain.connect(second, chain) if second else None

    def close(self) -> None:
        self.first.close()
        if self.second:
            self.second.close()

    def prove_assets(self) -> None:
        """The chain's own coin: there is no contract to ask."""

    def start(self) -> BlockRef:
        if settings.BITCOIN_SCAN_FROM:
            return self.first.block_at(settings.BITCOIN_SCAN_FROM - 1)
        return self.first.block_at(max(self.first.tip().height - START_DEPTH, 0))

    def reached(self) -> Reached:
        heights = [self.first.tip().height]
        if self.second:
            heights.append(self.second.tip().height)
        return Reached(min(heights))

    def read_block(
        self, ref: BlockRef, watch: Watch, outpoints: Collection[Outpoint]
    ) -> BlockContent:
        block = self.first.block(ref)
        transfers = block.transfers_to(watch.recipients)
        # An output may be spent in the block that made it.
        made = {outpoint_of(transfer.txid, transfer.place) for transfer in transfers}
        return BlockContent(ref, transfers, block.spenders({*outpoints, *made}))
