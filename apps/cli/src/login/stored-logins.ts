import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { z } from 'zod';

const login = z.object({
  issuer: z.string(),
  clientId: z.string(),
  accessToken: z.string(),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
  refreshToken: z.string().nullable(),
});
export type StoredLogin = z.output<typeof login>;

const logins = z.record(z.string(), login);

/** Where logins are kept, by the address of the API. Only this user can read the file. */
function file(env: NodeJS.ProcessEnv): string {
  return join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'bulkhead', 'logins.json');
}

/** Returns the login at an API; null without one. */
export function readLogin(apiUrl: string, env: NodeJS.ProcessEnv = process.env): StoredLogin | null {
  return readAll(env)[keyOf(apiUrl)] ?? null;
}

/** Keeps the login at an API; null forgets it. */
export function writeLogin(apiUrl: string, stored: StoredLogin | null, env: NodeJS.ProcessEnv = process.env): void {
  const path = file(env);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Another command that runs now reads the old file or the new one, never half of it.
  const draft = `${path}.${process.pid}`;
  const others = Object.entries(readAll(env)).filter(([url]) => url !== keyOf(apiUrl));
  const all = Object.fromEntries(stored === null ? others : [...others, [keyOf(apiUrl), stored]]);
  writeFileSync(draft, JSON.stringify(all, null, 2), { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}

function readAll(env: NodeJS.ProcessEnv): Record<string, StoredLogin> {
  try {
    return logins.parse(JSON.parse(readFileSync(file(env), 'utf8')));
  } catch {
    // There is none, or it is not ours.
    return {};
  }
}

function keyOf(apiUrl: string): string {
  return new URL(apiUrl).href.replace(/\/+$/, '');
}
