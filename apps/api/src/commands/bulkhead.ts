#!/usr/bin/env node
/** `bulkhead COMMAND …` runs a command of this folder. */
const commands = [
  'migrate',
  'seed-plans',
  'create-api-key',
  'revoke-api-key',
  'verify-certificate',
  'verify-audit-log',
  'reachability',
];

const [command = ''] = process.argv.splice(2, 1);
if (commands.includes(command)) {
  await import(`./${command}.js`);
} else {
  console.error(`usage: bulkhead ${commands.join('|')} …`);
  process.exitCode = 1;
}
