import { parseArgs } from 'node:util';

import { AuditModule, AuditTrail, ChainBroken, verifyLog } from '#audit';
import { type AuditHeadStatement, NotVerified, verifyAuditHead } from '#certificates';
import { PersistenceModule } from '#persistence';

import { CommandError, runCommand, withModules } from './command.js';
import { readKeys, readText, UnusableInput } from './given-files.js';

const USAGE = 'usage: bulkhead verify-audit-log [--head FILE]... [--keys FILE|URL]';
/** An entry is sealed after a second; after this long, nobody seals. */
const LATE_SECONDS = 60;

/**
 * `verify-audit-log [--head FILE]… [--keys FILE|URL]`: reads the audit log in the database from its first entry and checks
 * that none was changed, moved or taken out. A head is an answer of `GET /v1/audit-events/head` that was kept; with it,
 * what was changed together with all that follows is noticed too. Ends with 0 when the log is what was written, otherwise
 * with 1.
 */
await runCommand(async (config) => {
  const modules = [PersistenceModule.forRoot(config.database, 'bulkhead-verify'), AuditModule];
  try {
    const heads = await trustedHeads();
    await withModules(modules, async (app) => {
      console.log(await summary(app.get(AuditTrail, { strict: false }), heads));
    });
  } catch (error) {
    const expected = [ChainBroken, NotVerified, UnusableInput].some((type) => error instanceof type);
    throw expected ? new CommandError(`NOT VALID: ${(error as Error).message}`) : error;
  }
});

async function trustedHeads(): Promise<AuditHeadStatement[]> {
  const { head: files, keys: source } = options();
  if (files.length === 0) return [];
  if (source === undefined) throw new UnusableInput(`a head proves nothing without keys that are trusted; ${USAGE}`);
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
    `VALID: ${sequence} entries; the hash of the last is ${hash}.`,
    heads.length === 0
      ? 'Without a head that was kept elsewhere, this does not show whether somebody wrote all of it anew.'
      : `They contain the ${heads.length === 1 ? 'end' : `${heads.length} ends`} that ${heads.length === 1 ? 'was' : 'were'} signed.`,
    ...(count === 0 ? [] : [`${count} more are not sealed yet, the oldest for ${Math.round(oldestSeconds)} s.${late}`]),
  ].join('\n');
}
