"""Reading Ethereum for deposits, and for tokens that are not ours to count."""

from collections.abc import Collection, Iterator

from django.conf import settings

from wallet.addressing import token_contracts
from wallet.assets import Network
from wallet.chains.eip55 import checksummed
from wallet.chains.erc20 import TRANSFER_TOPIC, TokenContract
from wallet.chains.errors import BlockOrphaned, ContractInvalid
from wallet.chains.ethereum import EthereumChain
from wallet.chains.ethereum_transfers import Log, is_transfer, read_log, transfer_recipient
from wallet.chains.rpc import JsonRpc
from wallet.chains.types import Asset, BlockRef, BlockTag, Closing, Outpoint
from wallet.chains.validation import as_list
from wallet.deposits.reading import BlockContent, Reached, Stray
from wallet.deposits.watch import Watch
from wallet.providers import second_of

# Events cost their writer next to nothing; so many of a block are kept.
MOST_STRAYS_IN_A_BLOCK = 100


class EthereumReader(Closing):
    """The nodes of the settings."""

    network = Network.ETHEREUM

    def __init__(self) -> None:
        contracts = token_contracts()
        tokens = [TokenContract(Asset(asset.value), at) for asset, at in contracts.items()]
        chain_id = settings.ETHEREUM_CHAIN_ID
        url = settings.ETHEREUM_RPC_URL
        second = second_of(url, settings.ETHEREUM_RPC_URL_2)
        self.first = EthereumChain.connect(url, chain_id, tokens)
        self.second = EthereumChain.connect(second, chain_id, tokens) if second else None
        # By node and token: its contract has shown that it counts as we do.
        self._proven: set[tuple[EthereumChain, Asset]] = set()
        self._tokens = tuple(token.asset for token in tokens)
        self._rpc = JsonRpc(url)
        self._listed = {address.lower() for address in contracts.values()}

    def close(self) -> None:
        self.first.close()
        self._rpc.close()
        if self.second:
            self.second.close()

    @property
    def nodes(self) -> tuple[EthereumChain, ...]:
        return (self.first, self.second) if self.second else (self.first,)

    @property
    def unproven(self) -> frozenset[str]:
        return frozenset(
            asset.value
            for asset in self._tokens
            if any((node, asset) not in self._proven for node in self.nodes)
        )

    def prove_assets(self) -> None:
        """Every token's contract, at every node; one that is wrong does not hide the others."""
        wrong: dict[Asset, str] = {}
        for asset in self._tokens:
            for node in self.nodes:
                if (node, asset) in self._proven:
                    continue
                try:
                    node.check_token(asset)
                except ContractInvalid as error:
                    wrong[asset] = error.detail.removeprefix(f"{asset}: ")
                else:
                    self._proven.add((node, asset))
        if wrong:
            raise ContractInvalid("; ".join(f"{asset}: {why}" for asset, why in wrong.items()))

    def start(self) -> BlockRef:
        if settings.ETHEREUM_SCAN_FROM:
            return self.first.block_at(settings.ETHEREUM_SCAN_FROM - 1)
        return self.first.block_by_tag(BlockTag.FINALIZED)

    def reached(self) -> Reached:
        tip, safe, finalized = (
            min(client.block_by_tag(tag).height for client in self.nodes)
            for tag in (BlockTag.LATEST, BlockTag.SAFE, BlockTag.FINALIZED)
        )
        return Reached(tip, safe, finalized)

    def read_block(
        self, ref: BlockRef, watch: Watch, outpoints: Collection[Outpoint]
    ) -> BlockContent:
        ours = watch.recipients - {watch.cold}
        found = self.first.movements(ref, watch.recipients, ours)
        strays = list(self._strays(ref, watch)) if watch.owners else []
        strays = strays[:MOST_STRAYS_IN_A_BLOCK]
        return BlockContent(ref, found.transfers, strays=tuple(strays), sent=found.sent)

    def _strays(self, ref: BlockRef, watch: Watch) -> Iterator[Stray]:
        owners = {address.lower(): address for address in watch.owners}
        for log in self._events(ref):
            if log.contract in self._listed or not is_transfer(log):
                continue
            recipient = owners.get(transfer_recipient(log))
            amount = int.from_bytes(log.data, "big")
            if recipient is not None and amount:
                place = f"log:{log.index}"
                yield Stray(checksummed(log.contract), log.txid, place, recipient, amount)

    def _events(self, ref: BlockRef) -> list[Log]:
        asked = {"blockHash": ref.hash, "topics": [TRANSFER_TOPIC]}
        logs = [read_log(each) for each in as_list(self._rpc.call("eth_getLogs", asked), "logs")]
        if any(log.block_hash != ref.hash for log in logs):
            raise BlockOrphaned(ref.hash)
        return logs
