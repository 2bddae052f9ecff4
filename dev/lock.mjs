import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive, recordOf } from './identity.mjs';
import { readJson } from './private-files.mjs';

/**
 * Tries to take a lock file; returns `{release}`, or `{holder: pid}` if another process holds it. A lock whose owner is
 * gone (killed, or the machine restarted) is taken over.
 */
export function tryLock(path) {
  const mine = `${path}.${process.pid}.tmp`;
  writeFileSync(mine, JSON.stringify(recordOf(process.pid)), { mode: 0o600 });
  try {
    for (;;) {
      try {
        // A link appears with its content, so a half-written lock is never read.
        linkSync(mine, path);
        return { release: () => rmSync(path, { force: true }) };
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const owner = readJson(path);
      if (isAlive(owner)) return { holder: owner.pid };
      setAside(path, owner);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Takes a lock file, waiting while another living process holds it. */
export async function waitForLock(path, onWait = () => {}) {
  for (;;) {
    const lock = tryLock(path);
    if (lock.release) return lock.release;
    onWait(lock.holder);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Removes a dead lock, and restores it if another process has renewed it in the meantime. */
function setAside(path, dead) {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
    if (JSON.stringify(readJson(aside)) !== JSON.stringify(dead)) linkSync(aside, path);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}
