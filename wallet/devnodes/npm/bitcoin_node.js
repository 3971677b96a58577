'use strict';
/*
 * A full Bitcoin node on regtest: bcoin, in memory, on the loopback interface, without peers.
 *
 *   BITCOIN_RPC_PASSWORD=... node bitcoin_node.js PORT [JOURNAL]
 *
 * bcoin validates blocks and transactions; this file gives its RPC the shape of Bitcoin Core's and
 * adds calls that tests need. With JOURNAL every accepted block is appended to that file, and read
 * from it at the next start, so that the chain outlives the process.
 */

process.env.NODE_BACKEND = 'js';

const fs = require('fs');
const Module = require('module');

// bcoin asks for this database at import; a chain in memory never opens it.
const load = Module._load;
Module._load = (name, ...rest) => (name === 'leveldown' ? class {} : load(name, ...rest));

const networks = require('bcoin/lib/protocol/networks');
// bcoin has prefixes of its own for regtest. These are Bitcoin Core's.
Object.assign(networks.regtest.addressPrefix, {
  pubkeyhash: 0x6f, scripthash: 0xc4, bech32: 'bcrt',
});

const Address = require('bcoin/lib/primitives/address');
const Block = require('bcoin/lib/primitives/block');
const FullNode = require('bcoin/lib/node/fullnode');
const TX = require('bcoin/lib/primitives/tx');
const { RPCError } = require('bweb');

// Bitcoin Core's rpc/protocol.h
const NOT_FOUND = -5;
const DECODE_FAILED = -22;
const MISSING_INPUTS = -25;
const REJECTED = -26;
const ALREADY_IN_CHAIN = -27;
const IN_WARM_UP = -28;

const [port, journal] = process.argv.slice(2);
const node = new FullNode({
  network: 'regtest', memory: true, workers: false, listen: false, maxOutbound: 1,
  apiKey: process.env.BITCOIN_RPC_PASSWORD, httpHost: '127.0.0.1', httpPort: Number(port),
  indexTX: true, indexAddress: true, replaceByFee: true, relayPriority: false,
  logLevel: 'none', logFile: false,
});
const { chain, mempool, miner, rpc } = node;
const original = {};
for (const [name, call] of Object.entries(rpc.calls)) original[name] = call.bind(rpc);
const swapped = (hash) => Buffer.from(hash, 'hex').reverse().toString('hex');
const settings = { feeRate: null, ready: false };

// What a reorganisation took out of the chain goes back to the mempool, as in Bitcoin Core.
const disconnected = [];
chain.on('disconnect', (entry, block) => disconnected.unshift(...block.txs.slice(1)));

async function readmit() {
  for (const tx of disconnected.splice(0)) {
    if (!mempool.hasEntry(tx.hash('hex'))) await mempool.addTX(tx, -1).catch(() => {});
  }
}

async function entryOf(hash) {
  const entry = await chain.getEntry(swapped(hash));
  if (!entry) throw new RPCError(NOT_FOUND, 'Block not found');
  return entry;
}

async function withConfirmations(answer, entry) {
  if (!await chain.isMainChain(entry)) answer.confirmations = -1;
  answer.bits = entry.bits.toString(16).padStart(8, '0');
  if (!answer.previousblockhash) delete answer.previousblockhash;
  return answer;
}

async function getBlock([hash, verbosity = 1]) {
  const entry = await entryOf(hash);
  const level = Number(verbosity);
  const answer = await original.getblock([hash, level > 0, level > 1]);
  return level ? withConfirmations(answer, entry) : answer;
}

async function getBlockHeader([hash, verbose = true]) {
  const entry = await entryOf(hash);
  const answer = await original.getblockheader([hash, verbose]);
  return verbose ? withConfirmations(answer, entry) : answer;
}

async function getRawTransaction([txid, verbose = false]) {
  const meta = await node.getMeta(swapped(txid));
  if (!meta) throw new RPCError(NOT_FOUND, 'No such mempool or blockchain transaction');
  const answer = await original.getrawtransaction([txid, Boolean(verbose)]);
  if (verbose && !answer.confirmations) delete answer.blockhash;
  return answer;
}

async function getTxOut([txid, index, includeMempool = true]) {
  // bcoin does not look whether the mempool spends it.
  if (includeMempool && mempool.getSpent(swapped(txid), index)) return null;
  const answer = await original.gettxout([txid, index, includeMempool]);
  if (answer && !answer.confirmations) answer.confirmations = 0;
  return answer;
}

function getTxSpendingPrevout([outpoints]) {
  return outpoints.map(({ txid, vout }) => {
    const spender = mempool.getSpent(swapped(txid), vout);
    return spender ? { txid, vout, spendingtxid: spender.tx.txid() } : { txid, vout };
  });
}

function estimateSmartFee([blocks]) {
  if (settings.feeRate === null) return { errors: ['Insufficient data or no feerate found'], blocks };
  return { feerate: settings.feeRate / 1e8, blocks };
}

// The entries that a transaction replaces, and their descendants: each once, parents first.
function conflictsOf(tx) {
  const found = new Map();
  for (const { prevout } of tx.inputs) {
    const entry = mempool.getSpent(prevout.hash, prevout.index);
    if (!entry) continue;
    for (const each of [entry, ...mempool.getDescendants(entry)]) {
      found.set(each.hash('hex'), each);
    }
  }
  return [...found.values()];
}

// BIP125's rules on fees, which bcoin has not. Signalling is not asked for (Bitcoin Core 28).
async function requireHigherFee(tx, conflicts) {
  const view = await mempool.getCoinView(tx);
  for (const { prevout } of tx.inputs) {
    if (view.hasEntry(prevout)) continue;
    const coin = await chain.getCoin(prevout.hash, prevout.index);
    if (coin) view.addCoin(coin);
  }
  const fee = tx.getFee(view);
  const replaced = conflicts.reduce((sum, entry) => sum + entry.fee, 0);
  if (fee < replaced + tx.getVirtualSize()) {
    throw new RPCError(REJECTED, `insufficient fee, rejecting replacement ${tx.txid()}`);
  }
}

async function submit(tx) {
  let missing;
  try {
    missing = await mempool.addTX(tx, -1);
  } catch (error) {
    if (error.type !== 'VerifyError') throw error;
    if (error.reason === 'txn-already-known') {
      throw new RPCError(ALREADY_IN_CHAIN, 'Transaction outputs already in utxo set');
    }
    throw new RPCError(REJECTED, error.reason);
  }
  if (missing) {
    mempool.removeOrphan(tx.hash('hex'));
    throw new RPCError(MISSING_INPUTS, 'bad-txns-inputs-missingorspent');
  }
}

// bcoin's own call answers the id even of what its mempool refuses.
async function sendRawTransaction([raw]) {
  let tx;
  try {
    tx = TX.fromRaw(Buffer.from(raw, 'hex'));
  } catch (error) {
    throw new RPCError(DECODE_FAILED, 'TX decode failed. Make sure the tx has at least one input.');
  }
  if (mempool.hasEntry(tx.hash('hex'))) return tx.txid();
  const conflicts = conflictsOf(tx);
  if (conflicts.length) {
    await requireHigherFee(tx, conflicts);
    // Descendants go with their parent.
    for (const entry of conflicts) if (mempool.hasEntry(entry.hash('hex'))) mempool.evictEntry(entry);
  }
  try {
    await submit(tx);
  } catch (error) {
    for (const entry of conflicts) await mempool.addTX(entry.tx, -1).catch(() => {});
    throw error;
  }
  return tx.txid();
}

/* Calls that Bitcoin Core has not. */

// mineon(parent, n, address, [raw]): n blocks on any known block, only `raw` in the first of them.
// A fork that becomes longer than the best chain is a reorganisation by work.
async function mineOn([parent, count, address, raws = []]) {
  const hashes = [];
  let tip = await entryOf(parent);
  for (let made = 0; made < count; made += 1) {
    const job = await emptyJob(tip, address);
    if (!made) for (const raw of raws) job.pushTX(TX.fromRaw(Buffer.from(raw, 'hex')));
    job.attempt.fees = 0;
    job.refresh();
    const block = await job.mineAsync();
    tip = await chain.add(block);
    if (!tip) throw new RPCError(MISSING_INPUTS, 'block rejected');
    hashes.push(block.rhash());
  }
  await readmit();
  return hashes;
}

async function emptyJob(tip, address) {
  const kept = miner.mempool;
  miner.mempool = null;
  try {
    const job = await miner.createJob(tip, Address.fromString(address, 'regtest'));
    job.attempt.time = Math.max(job.attempt.mtp + 1, tip.time + 1);
    return job;
  } finally {
    miner.mempool = kept;
  }
}

// listcoins(address): its coins that nothing spends, not even in the mempool.
async function listCoins([address]) {
  const coins = await node.getCoinsByAddress([Address.fromString(address, 'regtest')]);
  return coins
    .filter((coin) => !mempool.getSpent(coin.hash, coin.index))
    .map((coin) => ({
      txid: swapped(coin.hash), vout: coin.index, satoshi: coin.value,
      height: coin.height, coinbase: coin.coinbase,
    }));
}

// droptransaction(txid): the mempool forgets it and what spends it.
function dropTransaction([txid]) {
  const entry = mempool.getEntry(swapped(txid));
  if (!entry) throw new RPCError(NOT_FOUND, 'Transaction not in mempool');
  mempool.evictEntry(entry);
  return null;
}

// resetto(hash): as if nothing had come after this block of the best chain.
async function resetTo([hash]) {
  await chain.reset(swapped(hash));
  await mempool.reset();
  disconnected.length = 0;
  settings.feeRate = null;
  return null;
}

// setfeerate(satoshi per 1000 virtual bytes, or null): what estimatesmartfee answers.
function setFeeRate([rate]) {
  settings.feeRate = rate;
  return null;
}

Object.assign(rpc.calls, {
  getblock: getBlock,
  getblockheader: getBlockHeader,
  getblockchaininfo: async (args) => (
    { ...await original.getblockchaininfo(args), initialblockdownload: false }),
  getrawtransaction: getRawTransaction,
  gettxout: getTxOut,
  gettxspendingprevout: getTxSpendingPrevout,
  estimatesmartfee: estimateSmartFee,
  sendrawtransaction: sendRawTransaction,
  mineon: mineOn,
  listcoins: listCoins,
  droptransaction: dropTransaction,
  resetto: resetTo,
  setfeerate: setFeeRate,
});

const execute = rpc.execute.bind(rpc);
rpc.execute = (...call) => {
  if (!settings.ready) throw new RPCError(IN_WARM_UP, 'Loading block index...');
  return execute(...call);
};

// Blocks of the journal, up to the first that is not whole: the machine may have gone down there.
async function replay() {
  if (!journal) return;
  const lines = fs.existsSync(journal) ? fs.readFileSync(journal, 'utf8').split('\n') : [];
  const kept = [];
  for (const line of lines.filter(Boolean)) {
    try {
      await chain.add(Block.fromRaw(Buffer.from(line, 'hex')));
    } catch (error) {
      break;
    }
    kept.push(`${line}\n`);
  }
  fs.writeFileSync(`${journal}.new`, kept.join(''));
  fs.renameSync(`${journal}.new`, journal);
  const add = chain.add.bind(chain);
  chain.add = async (block, ...rest) => {
    const entry = await add(block, ...rest);
    if (entry) fs.appendFileSync(journal, `${block.toRaw().toString('hex')}\n`);
    return entry;
  };
}

async function stop() {
  await node.close();
  process.exit(0);
}

async function start() {
  await node.ensure();
  await node.open();
  await replay();
  await readmit();
  settings.ready = true;
  // No connect(): it has no peers and looks for none.
  console.log('ready');
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
start().catch((error) => {
  console.error(error.stack);
  process.exit(1);
});
