import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, recordOf } from './identity.mjs';
import { removeOutsideFolder } from './postgres-host.mjs';
import { makePrivateFolder, readJson, writePrivateJson } from './private-files.mjs';

const prefix = 'bulkhead-temporary-';

/**
 * Creates a folder for a throw-away stack, and removes those of starters that were killed before they could. Its
 * Postgres must be in the folder `postgres` or `data/postgres`.
 */
export function temporaryFolder() {
  for (const name of readdirSync(tmpdir())) if (name.startsWith(prefix)) removeIfAbandoned(join(tmpdir(), name));
  const path = mkdtempSync(join(tmpdir(), prefix));
  makePrivateFolder(path);
  writePrivateJson(join(path, 'owner.json'), recordOf(process.pid));
  return { path, remove: () => remove(path) };
}

function removeIfAbandoned(path) {
  try {
    if (statSync(path).uid !== (process.getuid?.() ?? statSync(path).uid)) return;
    const owner = readJson(join(path, 'owner.json'));
    // A folder without a record was created a moment ago.
    if (owner && !isAlive(owner)) remove(path);
  } catch (error) {
    // Another starter is removing it, or its processes are still ending: the next starter will remove it.
    if (!['ENOENT', 'ENOTEMPTY', 'EBUSY'].includes(error.code)) throw error;
  }
}

function remove(path) {
  for (const place of ['postgres', 'data/postgres']) removeOutsideFolder(join(path, place));
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}
