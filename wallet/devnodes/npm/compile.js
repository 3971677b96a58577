'use strict';
/* Compiles Tokens.sol: `node compile.js SOURCE` prints {contract: {abi, bytecode}} as JSON. */

const fs = require('fs');
const solc = require('solc');

const input = {
  language: 'Solidity',
  sources: { 'Tokens.sol': { content: fs.readFileSync(process.argv[2], 'utf8') } },
  settings: {
    evmVersion: 'cancun',
    optimizer: { enabled: true, runs: 200 },
    metadata: { bytecodeHash: 'none' },
    outputSelection: { 'Tokens.sol': { '*': ['abi', 'evm.bytecode.object'] } },
  },
};
const readImport = (path) => ({ contents: fs.readFileSync(require.resolve(path), 'utf8') });
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readImport }));

const errors = (output.errors || []).filter((each) => each.severity === 'error');
if (errors.length) {
  console.error(errors.map((each) => each.formattedMessage).join('\n'));
  process.exit(1);
}
const contracts = Object.entries(output.contracts['Tokens.sol']).map(([name, made]) => (
  [name, { abi: made.abi, bytecode: `0x${made.evm.bytecode.object}` }]));
console.log(JSON.stringify(Object.fromEntries(contracts), null, 1));
