import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The default folder for state. */
export const defaultDataDir = join(root, '.bulkhead');

/** Resolves a path from the user against the user's working directory: npm itself runs scripts in the root. */
export const fromUser = (path) => resolve(process.env.INIT_CWD ?? process.cwd(), path);

/** Returns the cache of built and downloaded programs, shared by all clones of this user. */
export function cacheFolder() {
  const caches = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
  return join(process.env.XDG_CACHE_HOME || join(homedir(), caches), 'bulkhead');
}
