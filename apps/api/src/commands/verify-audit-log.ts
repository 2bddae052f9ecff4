import { parseArgs } from 'node:util';

import { AuditModule, AuditTrail, ChainBrokenError, verifyLog } from '#audit';
import { type AuditHeadStatement, VerificationError, verifyAuditHead } from '#certificates';
import { PersistenceModule } from '#persistence';

import { CommandError, runCommand, withModules } from './command.js';
import { readKeys, readText, UnusableInput } from './given-files.js';

const USAGE = 'usage: bulkhead verify-audit-log [--head FILE]... [--keys FILE|URL]';
/** Entries are sealed within about a second; after this long, no worker is sealing. */
const LATE_SECONDS = 60;

/**
 * `verify-audit-log [--head FILE]… [--keys FILE|URL]`: reads the audit log in the database from its first entry and
 * checks that no entry was changed, moved or removed. A head is a saved answer of `GET /v1/audit-events/head`; it also
 * reveals a log that was rewritten from some entry on. Exits with 0 if the log is intact, otherwise with 1.
 */
await runCommand(async (config) => {
  const modules = [PersistenceModule.forRoot(config.database, 'bulkhead-verify'), AuditModule];
  try {
    const heads = await trustedHeads();
    await withModules(modules, async (app) => {
      console.log(await summary(app.get(AuditTrail, { strict: false }), heads));
    });
  } catch (error) {
    const expected = [ChainBrokenError, VerificationError, UnusableInput].some((type) => error instanceof type);
    throw expected ? new CommandError(`NOT VALID: ${(error as Error).message}`) : error;
  }
});

async function trustedHeads(): Promise<AuditHeadStatement[]> {
  const { head: files, keys: source } = options();
  if (files.length === 0) return [];
  if (source === undefined) throw new UnusableInput(`--head needs trusted keys (--keys); ${USAGE}`);
  const keys = await readKeys(source);
  const heads = await Promise.all(files.map(async (file) => verifyAuditHead(await readText(file), keys)));
  return heads.map(({ statement }) => statement);
}

function options(): { head: string[]; keys?: string | undefined } {
  try {
    const { values } = parseArgs({ options: { head: { type: 'string', multiple: true }, keys: { type: 'string' } } });
    return { ...values, head: values.head ?? [] };
  } catch {
    throw new UnusableInput(`nothing was checked; ${USAGE}`);
  }
}

async function summary(trail: AuditTrail, heads: readonly AuditHeadStatement[]): Promise<string> {
  const { sequence, hash } = await verifyLog(trail, heads);
  const { count, oldestSeconds } = await trail.unsealed();
  const late = oldestSeconds > LATE_SECONDS ? ' Is a worker running?' : '';
  return [
    `VALID: ${sequence} entries; the last hash is ${hash}.`,
    heads.length === 0
      ? 'Without a head stored elsewhere, this does not reveal a log that was rewritten as a whole.'
      : `They contain the signed ${heads.length === 1 ? 'head' : `heads (${heads.length})`}.`,
    ...(count === 0
      ? []
      : [`${count} more are not sealed yet; the oldest has waited ${Math.round(oldestSeconds)} s.${late}`]),
  ].join('\n');
}
