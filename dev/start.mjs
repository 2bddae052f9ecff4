// `npm start`: runs all of Bulkhead on this machine until Ctrl-C.
import { describeError, Failure } from './failure.mjs';
import { runMain } from './main.mjs';
import { parseStartOptions, startHelp } from './options.mjs';
import { shownKinds } from './shown-kinds.mjs';
import { seconds } from './progress.mjs';

const started = performance.now();

function readOptions() {
  try {
    return parseStartOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    process.exit(error.exitCode);
  }
}

const options = readOptions();
if (options.help) {
  console.log(startHelp);
  process.exit(0);
}

await runMain(import.meta.url, async (context) => {
  // Imported late, because these need the dependencies and a recent Node.
  const [{ startStack }, { demonstrate }] = await Promise.all([import('./stack.mjs'), import('./demo.mjs')]);
  const stack = await startStack(context, options);
  if (options.demo) {
    // Bulkhead itself is running, and its logs and API help to find the cause.
    await demonstrate(stack).catch((error) => console.error(`\nThe demonstration failed. ${describeError(error)}`));
  }
  stack.announce();
  context.ready();
  console.log(summary(stack));
  // Until Ctrl-C, or until a process ends on its own.
  await new Promise(() => {});
});

function summary({ apiUrl, adminApiKey, kubeconfig, loginUrl, logs, mesh }) {
  const kinds = ['ns,quota,limitrange,netpol,rolebinding,sa', ...shownKinds[mesh]].join(',');
  return `
Bulkhead is running (${seconds(started)})

  API            ${apiUrl}
  Swagger UI     ${apiUrl}/docs${loginUrl ? ' (Authorize: log in without a password, or enter the key)' : ''}
  Admin API key  ${adminApiKey}
  Logs           ${logs}

  kubectl --kubeconfig ${kubeconfig} get ${kinds} -A -l app.kubernetes.io/managed-by=bulkhead

Ctrl-C stops everything.`;
}
