"""Ethereum's client against a real node: blocks, states, balances, fees, sending."""

import pytest

from tests.wallet.chains.addresses import PLAYER, STRANGER
from wallet.chains.erc20 import TokenContract, transfer_data
from wallet.chains.errors import (
    BlockNotFound,
    BlockOrphaned,
    CallReverted,
    ContractInvalid,
    NodeAnswerInvalid,
    WrongChain,
)
from wallet.chains.ethereum import EthereumChain
from wallet.chains.types import Asset, BlockTag, BroadcastResult, TxState
from wallet.devnodes.ethereum_node import EthereumNode
from wallet.devnodes.tokens import DeployedTokens
from wallet.keys.ethereum_signer import EthereumSigner, EthereumTransaction, SignedEthereum
from wallet.keys.signing import HOT, KeyPath, Secret, ethereum_keys

ETHER = 10**18
GWEI = 10**9
HOT_KEY = KeyPath(HOT, 0)
NOWHERE = "0x" + "11" * 32


@pytest.fixture
def signer(wallet_seed: Secret, ethereum_node: EthereumNode) -> EthereumSigner:
    """Signs for an address that has 10 ETH."""
    signer = EthereumSigner(ethereum_keys(wallet_seed))
    ethereum_node.fund(signer.address(HOT_KEY), 10 * ETHER)
    return signer


def signed(
    signer: EthereumSigner,
    *,
    nonce: int = 0,
    to: str = PLAYER,
    value_wei: int = 5,
    max_fee_wei: int = 10 * GWEI,
    priority_fee_wei: int = GWEI,
) -> SignedEthereum:
    transaction = EthereumTransaction(
        31337, nonce, to, value_wei, 21_000, max_fee_wei, priority_fee_wei
    )
    return signer.sign(transaction, HOT_KEY, max_gas_cost_wei=ETHER)


def test_a_tip_is_the_newest_block_and_names_its_parent(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain
) -> None:
    parent, newest = ethereum_node.mine(2)
    tip = ethereum_chain.tip()
    assert (tip.hash, tip.parent_hash) == (newest, parent)
    assert ethereum_chain.block_at(tip.height) == tip == ethereum_chain.block_ref(newest)


def test_safe_and_finalized_blocks_are_behind_the_newest(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain
) -> None:
    ethereum_node.mine(20)
    newest = ethereum_chain.tip().height
    assert ethereum_chain.block_by_tag(BlockTag.SAFE).height == newest - 4
    assert ethereum_chain.block_by_tag(BlockTag.FINALIZED).height == newest - 8


def test_blocks_that_are_not_there_are_said_to_be_missing(ethereum_chain: EthereumChain) -> None:
    with pytest.raises(BlockNotFound):
        ethereum_chain.block_at(ethereum_chain.tip().height + 1)
    with pytest.raises(BlockNotFound):
        ethereum_chain.block_ref(NOWHERE)


def test_another_chain_id_is_refused_before_anything_is_read(ethereum_node: EthereumNode) -> None:
    with EthereumChain.connect(ethereum_node.url, 1) as chain, pytest.raises(WrongChain):
        chain.tip()


def test_a_reorganisation_orphans_the_block(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain
) -> None:
    ethereum_node.send(PLAYER, 5)
    ethereum_node.mine()
    orphan = ethereum_chain.tip()
    ethereum_node.reorganise(1)
    with pytest.raises((BlockOrphaned, BlockNotFound)):
        ethereum_chain.block_ref(orphan.hash)
    with pytest.raises((BlockOrphaned, BlockNotFound)):
        ethereum_chain.block_transfers(orphan, [PLAYER])


def test_a_payment_keeps_its_identity_in_another_block(
    ethereum_node: EthereumNode,
    ethereum_chain: EthereumChain,
    tokens: DeployedTokens,
    signer: EthereumSigner,
) -> None:
    payment = signed(signer)
    ethereum_chain.broadcast(payment.raw)
    ethereum_node.mine(2)
    first = ethereum_chain.block_at(ethereum_chain.tip().height - 1)
    (before,) = ethereum_chain.block_transfers(first, [PLAYER])
    ethereum_node.reorganise(2, [(payment.raw, 1)])
    (after,) = ethereum_chain.block_transfers(ethereum_chain.tip(), [PLAYER])
    assert after.identity == before.identity
    assert after.block != before.block


def test_the_state_of_a_payment_from_sending_to_depth(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, signer: EthereumSigner
) -> None:
    payment = signed(signer)
    assert ethereum_chain.transaction_status(payment.txid).state is TxState.UNKNOWN
    ethereum_chain.broadcast(payment.raw)
    assert ethereum_chain.transaction_status(payment.txid).state is TxState.PENDING
    ethereum_node.mine()
    status = ethereum_chain.transaction_status(payment.txid)
    assert (status.state, status.depth, status.block) == (
        TxState.INCLUDED,
        1,
        ethereum_chain.tip(),
    )
    spent = 10 * ETHER - ethereum_chain.balance_wei(payment.sender)
    assert status.fee == spent - 5
    ethereum_node.mine(3)
    assert ethereum_chain.transaction_status(payment.txid).depth == 4


def test_a_reverted_call_has_failed_and_cost_its_fee(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens
) -> None:
    txid = ethereum_node.transfer_token(tokens.usdc, PLAYER, 5, sender=ethereum_node.accounts[1])
    ethereum_node.mine()
    status = ethereum_chain.transaction_status(txid)
    assert status.state is TxState.FAILED
    assert status.fee


def test_a_nonce_that_another_transaction_used_means_replaced(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, signer: EthereumSigner
) -> None:
    first = signed(signer)
    ethereum_chain.broadcast(first.raw)
    second = signed(signer, max_fee_wei=20 * GWEI, priority_fee_wei=2 * GWEI)
    assert ethereum_chain.broadcast(second.raw).result is BroadcastResult.ACCEPTED
    ethereum_node.mine()
    states = [
        ethereum_chain.transaction_status(each.txid, sender=each.sender, nonce=each.nonce).state
        for each in (first, second)
    ]
    assert states == [TxState.REPLACED, TxState.INCLUDED]


def test_a_transaction_that_is_only_forgotten_is_not_replaced(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, signer: EthereumSigner
) -> None:
    payment = signed(signer)
    ethereum_chain.broadcast(payment.raw)
    ethereum_node.drop_transaction(payment.txid)
    status = ethereum_chain.transaction_status(payment.txid, sender=payment.sender, nonce=0)
    assert status.state is TxState.UNKNOWN


@pytest.mark.parametrize("blocks_later", [8, 9, 20])
def test_the_transaction_that_used_a_nonce_is_named_when_it_is_final(
    ethereum_node: EthereumNode,
    ethereum_chain: EthereumChain,
    signer: EthereumSigner,
    blocks_later: int,
) -> None:
    sender = signer.address(HOT_KEY)
    ethereum_node.mine(5)
    sent = [signed(signer, nonce=nonce) for nonce in range(4)]
    for block in (sent[:1], sent[1:3], [], sent[3:]):
        for each in block:
            ethereum_chain.broadcast(each.raw)
        ethereum_node.mine()
    assert ethereum_chain.nonce_spender(sender, 0) is None
    ethereum_node.mine(blocks_later)
    named = [ethereum_chain.nonce_spender(sender, nonce) for nonce in range(5)]
    assert named == [*(each.txid for each in sent), None]


def test_a_nonce_that_no_transaction_used_is_nonsense(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain
) -> None:
    ethereum_node.mine(20)
    ethereum_node.call("anvil_setNonce", PLAYER, "0x3")
    ethereum_node.mine(20)
    with pytest.raises(NodeAnswerInvalid):
        ethereum_chain.nonce_spender(PLAYER, 0)


def test_nonces_count_the_chain_or_the_mempool(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, signer: EthereumSigner
) -> None:
    sender = signer.address(HOT_KEY)
    ethereum_chain.broadcast(signed(signer, nonce=0).raw)
    ethereum_chain.broadcast(signed(signer, nonce=1).raw)
    assert ethereum_chain.nonce(sender) == 0
    assert ethereum_chain.nonce(sender, BlockTag.PENDING) == 2
    ethereum_node.mine()
    assert ethereum_chain.nonce(sender) == 2


def test_sending_the_same_bytes_again_is_no_failure(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, signer: EthereumSigner
) -> None:
    payment = signed(signer)
    first, again = (ethereum_chain.broadcast(payment.raw) for _ in range(2))
    assert (first.result, first.txid) == (BroadcastResult.ACCEPTED, payment.txid)
    assert again.result is BroadcastResult.ALREADY_KNOWN
    ethereum_node.mine()
    assert ethereum_chain.broadcast(payment.raw).result is BroadcastResult.NONCE_TOO_LOW
    assert ethereum_chain.balance_wei(PLAYER) == 5


def test_refused_transactions_say_why(
    ethereum_chain: EthereumChain, signer: EthereumSigner
) -> None:
    assert (
        ethereum_chain.broadcast(signed(signer, value_wei=11 * ETHER).raw).result
        is BroadcastResult.INSUFFICIENT_FUNDS
    )
    ethereum_chain.broadcast(signed(signer).raw)
    no_bump = signed(signer, value_wei=6)
    assert ethereum_chain.broadcast(no_bump.raw).result is BroadcastResult.FEE_TOO_LOW
    assert ethereum_chain.broadcast("0x02c0").result is BroadcastResult.REJECTED


def test_a_fee_below_the_base_fee_is_too_low(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, signer: EthereumSigner
) -> None:
    ethereum_node.set_base_fee(50 * GWEI)
    ethereum_node.mine()
    assert ethereum_chain.fees().base_fee_wei == 50 * GWEI
    assert ethereum_chain.broadcast(signed(signer).raw).result is BroadcastResult.FEE_TOO_LOW


def test_balances_above_what_64_bits_hold_are_exact(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens
) -> None:
    large = 2**200 + 1
    ethereum_node.fund(PLAYER, large)
    ethereum_node.mint_token(tokens.usdc, PLAYER, large)
    ethereum_node.mine()
    assert ethereum_chain.balance_wei(PLAYER) == large
    assert ethereum_chain.token_balance(Asset.USDC, PLAYER) == large
    assert ethereum_chain.token_balance(Asset.USDT, PLAYER) == 0


def test_a_contract_is_told_from_an_account(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens
) -> None:
    assert ethereum_chain.is_contract(tokens.usdc)
    assert not ethereum_chain.is_contract(PLAYER)
    ethereum_node.call("anvil_setCode", PLAYER, "0xef0100" + tokens.usdc[2:])
    assert not ethereum_chain.is_contract(PLAYER)


def test_gas_is_estimated_and_what_would_fail_is_told(
    ethereum_chain: EthereumChain, signer: EthereumSigner, tokens: DeployedTokens
) -> None:
    sender = signer.address(HOT_KEY)
    assert ethereum_chain.estimate_gas(sender=sender, to=PLAYER, value_wei=5) >= 21_000
    with pytest.raises(CallReverted):
        ethereum_chain.estimate_gas(sender=sender, to=tokens.usdc, data=transfer_data(PLAYER, 5))


def test_tokens_are_checked_to_be_there_with_their_decimals(
    ethereum_node: EthereumNode, ethereum_chain: EthereumChain, tokens: DeployedTokens
) -> None:
    for token in tokens.contracts:
        ethereum_chain.check_token(token.asset)
    eighteen = ethereum_node.deploy("OrdinaryToken", "Coin", "USDC", 18)
    for wrong in (eighteen, STRANGER, tokens.forwarder):
        contracts = [TokenContract(Asset.USDC, wrong)]
        with (
            EthereumChain.connect(ethereum_node.url, ethereum_node.chain_id, contracts) as chain,
            pytest.raises(ContractInvalid),
        ):
            chain.check_token(Asset.USDC)
