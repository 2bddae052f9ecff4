import { existsSync, readFileSync } from 'node:fs';

import { type BulkheadClient, createClient } from '#client';

import { UsageError } from './exit-codes.js';
import { accessToken } from './login/access-token.js';
import { readLogin } from './login/stored-logins.js';

export interface Connection {
  url: string;
  credential: string | (() => Promise<string>);
}

/** State of the development stack (`npm start`), in the folder that it was started in. */
const developmentFile = '.bulkhead/dev.json';

/**
 * Returns the API and the credential to use: a key in `BULKHEAD_API_KEY` or `BULKHEAD_API_KEY_FILE`, else the login of a
 * person, else the key of the development stack in this folder. Keys are no flags, because every user of a machine can
 * list those.
 * @param url given as a flag, before all others
 * @throws UsageError if something is missing, or the credential would cross a network in clear
 */
export function connectionOf(url: string | undefined, env: NodeJS.ProcessEnv = process.env): Connection {
  const address = apiAddress(url, env);
  const key = keyIn(env);
  if (key !== null) return { url: address, credential: key };
  if (readLogin(address, env) !== null) return { url: address, credential: () => accessToken(address) };
  const development = developmentStack();
  if (development?.url === address) return development;
  throw new UsageError(
    'Run `bulkhead login`, or set BULKHEAD_API_KEY, or BULKHEAD_API_KEY_FILE to a file with the key.',
  );
}

/**
 * Returns the address of the API: the flag, `BULKHEAD_URL`, or that of the development stack in this folder.
 * @throws UsageError if there is none, or a credential would cross a network in clear
 */
export function apiAddress(url: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const address = url ?? env['BULKHEAD_URL'] ?? developmentStack()?.url;
  if (address === undefined) throw new UsageError('Set BULKHEAD_URL to the address of the API, or give --url.');
  refuseClearText(address);
  return address;
}

/** Returns a client for a connection. */
export function clientOf(connection: Connection): BulkheadClient {
  return createClient(connection);
}

function keyIn(env: NodeJS.ProcessEnv): string | null {
  const file = env['BULKHEAD_API_KEY_FILE'];
  const key = env['BULKHEAD_API_KEY'] ?? (file === undefined ? '' : readKey(file));
  return key === '' ? null : key;
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new UsageError(`The file of BULKHEAD_API_KEY_FILE cannot be read: ${file}`);
  }
}

function refuseClearText(address: string): void {
  if (!URL.canParse(address)) throw new UsageError(`Not an address of an API: ${address}`);
  const { protocol, hostname } = new URL(address);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback)) return;
  throw new UsageError('The address must begin with https://, or the credential could be read on the way.');
}

function developmentStack(): Connection | null {
  if (!existsSync(developmentFile)) return null;
  const { apiUrl, adminApiKey } = JSON.parse(readFileSync(developmentFile, 'utf8')) as Record<string, string>;
  return apiUrl === undefined || adminApiKey === undefined ? null : { url: apiUrl, credential: adminApiKey };
}
