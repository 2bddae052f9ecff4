import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Where state lives when nothing else is said. */
export const defaultDataDir = join(root, '.bulkhead');

/** A path that the user gave, relative to where the user stands: npm itself runs scripts in the root. */
export const fromUser = (path) => resolve(process.env.INIT_CWD ?? process.cwd(), path);

/** Where programs are kept that were built or got once, for all clones of this user. */
export function cacheFolder() {
  const caches = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
  return join(process.env.XDG_CACHE_HOME || join(homedir(), caches), 'bulkhead');
}
