import { fileURLToPath } from 'node:url';
import { describeError, Failure } from './failure.mjs';
import { Supervisor } from './processes.mjs';
import { silenceSteps } from './progress.mjs';
import { ensureDependencies, isNodeNewEnough, runOnOwnNode } from './toolchain.mjs';

/**
 * Runs one of the commands of this folder: installs the dependencies, switches to a recent Node, does the work, and in
 * any case stops all started processes in order before it exits.
 * @param {string} script `import.meta.url` of the command
 * @param {(context: Context) => Promise<number | void>} work resolves to the exit code
 * @param {{ atFailure?: () => void }} [options] `atFailure` is called last if the work did not complete
 *
 * @typedef {object} Context
 * @property {Supervisor} supervisor
 * @property {(cleanUp: () => void) => void} atEnd registers a function to call after all processes have stopped
 * @property {() => void} ready from now on Ctrl-C is the expected end, with exit code 0
 */
export async function runMain(script, work, { atFailure = () => {} } = {}) {
  const supervisor = new Supervisor();
  const cleanUps = [];
  const interrupted = interruption();
  // A reader such as `head` that closes the pipe must not leave processes behind.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});

  let exitCode;
  let reason;
  try {
    await Promise.race([ensureDependencies(supervisor), interrupted.promise]);
    if (!isNodeNewEnough()) {
      const other = runOnOwnNode(fileURLToPath(script), process.argv.slice(2));
      interrupted.onSignal(other.forward);
      process.exit(await other.code);
    }
    const context = {
      supervisor,
      atEnd: (cleanUp) => cleanUps.unshift(cleanUp),
      ready: () => (interrupted.exitCode = 0),
    };
    exitCode = (await Promise.race([work(context), interrupted.promise, supervisor.failed])) ?? 0;
  } catch (error) {
    reason = error;
    exitCode = error === interrupted.reason ? interrupted.exitCode : error instanceof Failure ? error.exitCode : 1;
  }
  silenceSteps();
  if (reason) console.error(`\n${describeError(reason)}`);
  await supervisor.stopAll();
  for (const cleanUp of cleanUps) cleanUp();
  if (reason === interrupted.reason) console.error('Stopped.');
  if (reason) atFailure();
  process.exit(exitCode);
}

/** Rejects at the first Ctrl-C or termination signal, or when the process that started this one is gone. */
function interruption() {
  let listener;
  let reject;
  const promise = new Promise((_resolve, rejectPromise) => (reject = rejectPromise));
  promise.catch(() => {});
  const state = { promise, reason: new Failure('Stopping …'), exitCode: 130, onSignal: (other) => (listener = other) };
  const interrupt = (signal) => (listener ? listener(signal) : reject(state.reason));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, interrupt);
  if (process.channel) process.once('disconnect', () => interrupt('SIGTERM')).channel.unref();
  if (process.env.npm_lifecycle_event) watchParent(() => interrupt('SIGTERM'));
  return state;
}

/** npm forwards a signal to a shell, which exits without forwarding it to us. All we see is a new parent. */
function watchParent(onEnd) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onEnd();
  }, 250);
  timer.unref();
}
