import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file that only its owner can read. Readers see the old or the new content, never a part. */
export function writePrivateFile(path, text) {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}

/** Writes a value as a JSON file that only its owner can read. */
export function writePrivateJson(path, value) {
  writePrivateFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Returns the parsed content of a JSON file, or undefined if it is absent or broken. */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Creates a folder for the files of this user. For root, others can traverse it (not list it), because Postgres refuses
 * to run as root and has its own folder inside.
 */
export function makePrivateFolder(path) {
  mkdirSync(dirname(path), { recursive: true });
  mkdirSync(path, { recursive: true });
  chmodSync(path, process.getuid?.() === 0 ? 0o711 : 0o700);
}
