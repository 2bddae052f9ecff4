import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { apiRequest } from './api-client.mjs';
import { childEnvironment, environmentForEmbeddedPostgres } from './environment.mjs';
import { Failure } from './failure.mjs';
import { endLeftover } from './identity.mjs';
import { root } from './paths.mjs';
import { readJson, writePrivateJson } from './private-files.mjs';
import { freshLog, waitUntil } from './processes.mjs';
import { tail } from './toolchain.mjs';

const api = join(root, 'dist/apps/api/src');
const worker = join(root, 'dist/apps/worker/src/main.js');
const readyTimeoutMs = 60_000;

/**
 * Returns the environment of the API, the worker and their commands.
 * @param {{ databaseUrl: string, embeddedPostgres: boolean, queue: string, redisUrl?: string }} settings
 */
export function serviceEnvironment({ databaseUrl, embeddedPostgres, queue, redisUrl }) {
  const extra = {
    DATABASE_URL: databaseUrl,
    DATABASE_URL_FILE: undefined,
    REDIS_URL_FILE: undefined,
    BULKHEAD_QUEUE: queue,
    REDIS_URL: redisUrl,
    BULKHEAD_EXIT_WITH_STDIN: '1',
  };
  return embeddedPostgres ? environmentForEmbeddedPostgres(extra) : childEnvironment(extra);
}

/** Runs one of the API's one-shot commands and resolves to its output. */
export async function runCommand({ supervisor }, env, name, args = []) {
  const { code, output, errors } = await supervisor.run({
    command: process.execPath,
    args: [join(api, 'commands', `${name}.js`), ...args],
    env,
    separateErrors: true,
  });
  if (code !== 0) throw new Failure(`The command ${name} failed:\n${tail(errors || output, 12)}`);
  return output.trim();
}

/** Ends an API or worker whose starter was killed. They would end anyway, but their port is needed now. */
export async function endLeftoverServices(file) {
  const records = Object.values(readJson(file) ?? {});
  await Promise.all(records.map((record) => endLeftover(record, { waitMs: 5_000 })));
}

/** Starts a long-running process of a data folder, with a log of its own. */
export function startService({ supervisor }, folder, what) {
  const running = supervisor.start({ ...what, cwd: root, logFile: freshLog(join(folder.logs, `${what.name}.log`)) });
  writePrivateJson(folder.services, { ...readJson(folder.services), [what.name]: running.record });
  return running;
}

/** Starts the API and waits until it is ready. Resolves to its URL. */
export async function startApi(context, env, { host, port, folder }) {
  const running = startService(context, folder, {
    name: 'api',
    command: process.execPath,
    args: [join(api, 'main.js')],
    env: { ...env, BULKHEAD_HOST: host, BULKHEAD_PORT: String(port) },
  });
  const apiUrl = `http://${['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host}:${port}`;
  const isReady = () => answers({ apiUrl }, '/health/ready');
  await waitUntil(isReady, { running, what: 'The API', timeoutMs: readyTimeoutMs });
  return apiUrl;
}

/** Starts the worker and waits until it reports that it is ready. */
export async function startWorker(context, env, { kubeconfig, folder }) {
  const level = ['info', 'debug', 'trace'].find((each) => each === env.BULKHEAD_LOG_LEVEL) ?? 'info';
  const running = startService(context, folder, {
    name: 'worker',
    command: process.execPath,
    // By default V8 lets the young generation grow to 48 MiB and the old one to a multiple of its live data.
    args: ['--max-semi-space-size=8', '--heap-growing-percent=40', worker],
    // At a higher level it would not log that it is ready.
    env: { ...env, BULKHEAD_KUBECONFIG: kubeconfig, BULKHEAD_LOG_LEVEL: level },
  });
  const isReady = () => /"msg":"worker ready"/.test(readFileSync(running.logFile, 'utf8'));
  await waitUntil(isReady, { running, what: 'The worker', timeoutMs: readyTimeoutMs });
}

/** Returns an API key with every permission: that of the last start if it still works, otherwise a new one. */
export async function adminApiKey(context, env, { apiUrl, file }) {
  const known = readJson(file)?.key;
  if (known && (await answers({ apiUrl, adminApiKey: known }, '/v1/plans'))) return known;
  const key = await runCommand(context, env, 'create-api-key', ['--name', 'npm start', '--role', 'platform-admin']);
  writePrivateJson(file, { key });
  return key;
}

async function answers(server, path) {
  try {
    return (await apiRequest(server, 'GET', path)).status === 200;
  } catch {
    return false;
  }
}
