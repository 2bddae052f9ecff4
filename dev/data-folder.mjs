import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.mjs';
import { tryLock } from './lock.mjs';
import { removeOutsideFolder } from './postgres-host.mjs';
import { makePrivateFolder } from './private-files.mjs';

/** Marks a folder as a data folder. Only such a folder is ever written to or emptied. */
const marker = '.bulkhead-data';
const ownNames = [
  'postgres',
  'control-plane',
  'logs',
  'dev.json',
  'services.json',
  'admin-api-key.json',
  'worker.kubeconfig',
  'signing-key.pem',
  'cluster.json',
  'login.json',
  'issuers.json',
];
const setupLock = 'setup.lock';

/**
 * Opens a data folder: creates it if absent, refuses a folder with other content, and locks it against a second start.
 * Returns the paths of its content.
 * @param {import('./main.mjs').Context} context
 */
export function openDataFolder(context, dir) {
  if (existsSync(dir) && !existsSync(join(dir, marker))) {
    const others = readdirSync(dir).filter((name) => name !== setupLock);
    if (others.length > 0) throw new Failure(`${dir} is not empty and not a data folder of Bulkhead. Choose another.`);
  }
  makePrivateFolder(dir);
  writeFileSync(join(dir, marker), 'State of `npm start`. Delete it with `npm start -- --reset`.\n');
  const { release, holder } = tryLock(join(dir, 'lock'));
  if (holder !== undefined) {
    throw new Failure(
      `Bulkhead is already running on ${dir} (process ${holder}). Stop it, or choose another --data and --port.`,
    );
  }
  context.atEnd(release);
  const folder = {
    dir,
    postgres: join(dir, 'postgres'),
    controlPlane: join(dir, 'control-plane'),
    logs: join(dir, 'logs'),
    connection: join(dir, 'dev.json'),
    services: join(dir, 'services.json'),
    adminApiKey: join(dir, 'admin-api-key.json'),
    workerKubeconfig: join(dir, 'worker.kubeconfig'),
    signingKey: join(dir, 'signing-key.pem'),
    cluster: join(dir, 'cluster.json'),
    login: join(dir, 'login.json'),
    issuers: join(dir, 'issuers.json'),
  };
  // A killed start leaves this file, which tells others that Bulkhead is ready.
  rmSync(folder.connection, { force: true });
  context.atEnd(() => rmSync(folder.connection, { force: true }));
  return folder;
}

/** Deletes the state of earlier starts, and no other files in the folder. */
export function resetDataFolder({ dir, postgres }) {
  removeOutsideFolder(postgres);
  for (const name of ownNames) rmSync(join(dir, name), { recursive: true, force: true, maxRetries: 5 });
}
