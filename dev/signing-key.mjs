import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writePrivateFile } from './private-files.mjs';

/** Returns a new private key for deletion certificates, as PEM. */
export function newSigningKey() {
  return generateKeyPairSync('ed25519', { privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }).privateKey;
}

/**
 * Returns the variables with the worker's signing key: none if the environment sets one, otherwise a key that is
 * created once and kept in the data folder.
 * @param {string} file
 */
export function signingKeyEnvironment(file, env = process.env) {
  if (env.BULKHEAD_SIGNING_KEY || env.BULKHEAD_SIGNING_KEY_FILE) return {};
  if (!existsSync(file)) writePrivateFile(file, newSigningKey());
  return { BULKHEAD_SIGNING_KEY_FILE: file };
}
