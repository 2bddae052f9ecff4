import { parseArgs } from 'node:util';

import {
  type DeletionStatement,
  type IsolationReport,
  looksLikeIsolationReport,
  NotVerified,
  verifyCertificate,
  verifyIsolationReport,
} from '#certificates';

import { readKeys, readText, UnusableInput } from './given-files.js';

const USAGE = 'usage: bulkhead verify-certificate FILE --keys FILE|URL';

/**
 * `verify-certificate FILE --keys FILE|URL`: checks a deletion certificate, or a run of isolation checks with its report,
 * against keys that the caller trusts. Needs neither configuration nor, with a file of keys, a network. Ends with 0 when it proves what it says, otherwise with 1.
 */
try {
  const { file, keys } = options();
  console.log(await verified(await readText(file), await readKeys(keys)));
} catch (error) {
  const expected = error instanceof NotVerified || error instanceof UnusableInput;
  console.error(expected ? `NOT VALID: ${error.message}` : error);
  process.exitCode = 1;
}

async function verified(text: string, keys: unknown): Promise<string> {
  if (looksLikeIsolationReport(text)) {
    const { statement, keyId } = await verifyIsolationReport(text, keys);
    return summaryOfReport(statement, keyId);
  }
  const { statement, keyId } = await verifyCertificate(text, keys);
  return summary(statement, keyId);
}

function options(): { file: string; keys: string } {
  try {
    const { values, positionals } = parseArgs({ options: { keys: { type: 'string' } }, allowPositionals: true });
    const [file, ...more] = positionals;
    if (file !== undefined && more.length === 0 && values.keys !== undefined) return { file, keys: values.keys };
  } catch {
    // An option that does not exist: the usage says which do.
  }
  throw new UnusableInput(`nothing was checked; ${USAGE}`);
}

function summary({ tenant, deletion, removed, sweep }: DeletionStatement, keyId: string): string {
  const unseen = sweep.notLookedAt.map(({ group, resource, reason }) => {
    return `${resource}${group === '' ? '' : `.${group}`} (${reason})`;
  });
  return [
    `VALID: the tenant "${tenant.slug}" (${tenant.id}) was deleted; finished ${deletion.finishedAt}.`,
    `Requested ${deletion.requestedAt} by ${deletion.requestedBy}. ${removed.count} objects removed; ` +
      `${sweep.resources.length} kinds of objects searched, nothing left.`,
    ...(unseen.length === 0 ? [] : [`Not looked at: ${unseen.join(', ')}.`]),
    `Signed by the key ${keyId}.`,
  ].join('\n');
}

function summaryOfReport(
  { tenant, summary: counts, checks, requests, finishedAt }: IsolationReport,
  keyId: string,
): string {
  const failed = checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
  return [
    `VALID: isolation checks of the tenant "${tenant.slug}" (${tenant.id}) at generation ${tenant.generation}; finished ${finishedAt}.`,
    `${counts.passed} passed, ${counts.failed} failed, ${counts.notApplicable} do not apply; ${requests} requests.`,
    ...(failed.length === 0 ? [] : [`Failed: ${failed.join(', ')}.`]),
    `Signed by the key ${keyId}.`,
  ].join('\n');
}
