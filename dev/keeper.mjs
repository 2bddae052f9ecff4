// Runs a command that does not watch its starter, and ends it when standard input closes: the starter holds the other
// end, so even a starter that is killed leaves nothing behind.
//   node keeper.mjs '{"signal":"SIGINT","graceMs":20000,"wholeGroup":false,"options":{"uid":101}}' command args…
import { spawn } from 'node:child_process';

const [settings, command, ...args] = process.argv.slice(2);
const { signal, graceMs, wholeGroup, options } = JSON.parse(settings);

const child = spawn(command, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] });
child.once('error', (error) => {
  console.error(`${command}: ${error.message}`);
  process.exit(127);
});

let ending = false;
child.once('exit', (code, endedBy) => {
  if (ending && wholeGroup) killGroup();
  process.exit(code ?? (endedBy === signal ? 0 : 1));
});

function end() {
  if (ending) return;
  ending = true;
  if (wholeGroup) process.kill(-process.pid, signal);
  else child.kill(signal);
  setTimeout(killGroup, graceMs);
}

/** The last resort. This process leads its group, so this kills every grandchild, and this process too. */
function killGroup() {
  process.kill(-process.pid, 'SIGKILL');
}

process.stdin.once('end', end).once('close', end).once('error', end).resume();
process.on('SIGTERM', end);
process.on('SIGINT', end);
