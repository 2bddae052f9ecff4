import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentForEmbeddedPostgres } from './environment.mjs';
import { Failure } from './failure.mjs';
import { endLeftover, processIdentity, recordOf } from './identity.mjs';
import { choosePort, returnPort } from './ports.mjs';
import { postgresFolder, postgresPrograms, postgresUser } from './postgres-host.mjs';
import { makePrivateFolder, readJson, writePrivateJson } from './private-files.mjs';
import { freshLog, Supervisor, waitUntil } from './processes.mjs';

const superuser = 'bulkhead';

/** For data that is not needed after a crash: creating databases and committing are several times faster. */
const throwawayFlags = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'wal_level=minimal'];

/**
 * Starts the embedded Postgres on a folder, creating it first if it is empty. Data, password and (if still free) port
 * are those of the last start.
 * @param {object} options
 * @param {string} options.dir folder for everything of this Postgres
 * @param {number} [options.port]
 * @param {boolean} [options.throwaway] do not wait for the disk
 * @param {string} [options.logDir]
 * @param {Supervisor} [options.supervisor]
 */
export async function startPostgres({ dir, port, throwaway = false, logDir = dir, supervisor = new Supervisor() }) {
  makePrivateFolder(dir);
  const user = postgresUser();
  const programs = await postgresPrograms(user);
  const cluster = postgresFolder(dir, user);
  const connectionFile = join(dir, 'connection.json');
  const known = readJson(connectionFile);
  await endLeftoverPostgres(dir);

  const password = known?.password ?? randomBytes(24).toString('base64url');
  if (!existsSync(join(cluster, 'global/pg_control'))) {
    await initialise({ programs, cluster, user, password, throwaway, supervisor });
  }
  checkVersion(cluster);

  const usedPort = port ?? (await choosePort(known?.port));
  const logFile = freshLog(join(logDir, 'postgres.log'));
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    ...(throwaway ? [...throwawayFlags, 'max_wal_senders=0'] : []),
  ];
  const running = supervisor.start({
    name: 'postgres',
    command: programs.postgres,
    args: ['-D', cluster, '-p', String(usedPort), ...settings.flatMap((setting) => ['-c', setting])],
    env: environmentForEmbeddedPostgres({ LC_ALL: 'C' }),
    logFile,
    graceMs: 35_000,
    // SIGINT is Postgres' fast shutdown: it ends sessions and writes a checkpoint.
    kept: { signal: 'SIGINT', graceMs: 30_000, wholeGroup: false, options: { ...user, cwd: '/' } },
  });
  writePrivateJson(connectionFile, { port: usedPort, password, cluster, keeper: running.record });
  const isReady = () => readFileSync(logFile, 'utf8').includes('database system is ready to accept connections');
  await waitUntil(isReady, { running, what: 'Postgres', timeoutMs: 60_000, intervalMs: 20 });

  const urlOf = (database) => `postgresql://${superuser}:${password}@127.0.0.1:${usedPort}/${database}`;
  return {
    /** The URL of the database `postgres`. */
    url: urlOf('postgres'),
    urlOf,
    port: usedPort,
    pid: running.pid,
    /** Creates the database if it is absent and resolves to its URL. */
    ensureDatabase: async (database) => {
      await createDatabase(urlOf('postgres'), database);
      return urlOf(database);
    },
    stop: async () => {
      await running.stop();
      returnPort(usedPort);
    },
  };
}

async function initialise({ programs, cluster, user, password, throwaway, supervisor }) {
  // The remains of an interrupted first start are useless, and initdb requires an empty folder.
  for (const name of readdirSync(cluster)) rmSync(join(cluster, name), { recursive: true, force: true });
  const passwordFolder = join(cluster, '../initdb');
  const passwordFile = join(passwordFolder, 'password');
  rmSync(passwordFolder, { recursive: true, force: true });
  mkdirSync(passwordFolder, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user.uid !== undefined) for (const path of [passwordFolder, passwordFile]) chownSync(path, user.uid, user.gid);
  const { code, output } = await supervisor.run({
    command: programs.initdb,
    // The built-in locale is the same on every machine, and so is the sort order.
    args: [
      '--pgdata',
      cluster,
      '--username',
      superuser,
      '--auth',
      'scram-sha-256',
      '--pwfile',
      passwordFile,
      '--encoding',
      'UTF8',
      '--locale',
      'C',
      '--locale-provider',
      'builtin',
      '--builtin-locale',
      'C.UTF-8',
      ...(throwaway ? ['--no-sync'] : []),
    ],
    env: environmentForEmbeddedPostgres({ LC_ALL: 'C' }),
    spawnOptions: { ...user, cwd: '/' },
  });
  rmSync(passwordFolder, { recursive: true, force: true });
  if (code !== 0) throw new Failure(`The embedded Postgres could not be set up (initdb):\n${output.trim()}`);
}

function checkVersion(cluster) {
  const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (version !== '18') {
    throw new Failure(`The data was written by Postgres ${version}, but this is 18. Start over with --reset.`);
  }
}

/**
 * Ends a Postgres that still runs on the folder because an earlier starter and its keeper were killed. A stale
 * postmaster.pid whose process id now belongs to another process would keep Postgres from starting, so it is removed.
 */
export async function endLeftoverPostgres(dir) {
  const { cluster, keeper } = readJson(join(dir, 'connection.json')) ?? {};
  if (!cluster) return;
  await endLeftover(keeper, { waitMs: 10_000 });
  const pidFile = join(cluster, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const [pid, folder] = readFileSync(pidFile, 'utf8').split('\n');
  const record = recordOf(Number(pid));
  if (folder === cluster && record.identity !== undefined && isPostgres(record.pid)) {
    await endLeftover(record, { waitMs: 2_000, signal: 'SIGINT', graceMs: 20_000 });
  }
  rmSync(pidFile, { force: true });
}

function isPostgres(pid) {
  if (process.platform !== 'linux') return processIdentity(pid) !== undefined;
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0].endsWith('postgres');
}

async function createDatabase(url, database) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, ssl: false });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
}
