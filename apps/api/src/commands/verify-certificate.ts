import { parseArgs } from 'node:util';

import {
  type DeletionStatement,
  type IsolationReport,
  looksLikeIsolationReport,
  VerificationError,
  verifyCertificate,
  verifyIsolationReport,
} from '#certificates';

import { readKeys, readText, UnusableInput } from './given-files.js';

const USAGE = 'usage: bulkhead verify-certificate FILE --keys FILE|URL';

/**
 * `verify-certificate FILE --keys FILE|URL`: verifies a deletion certificate, or an isolation check with its report,
 * against trusted keys. Needs no configuration and, with a key file, no network. Exits with 0 if the signature is
 * valid, otherwise with 1.
 */
try {
  const { file, keys } = options();
  console.log(await verified(await readText(file), await readKeys(keys)));
} catch (error) {
  const expected = error instanceof VerificationError || error instanceof UnusableInput;
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
    // Unknown option: print the usage.
  }
  throw new UnusableInput(`nothing was checked; ${USAGE}`);
}

function summary({ tenant, deletion, removed, sweep }: DeletionStatement, keyId: string): string {
  const unseen = sweep.notLookedAt.map(({ group, resource, reason }) => {
    return `${resource}${group === '' ? '' : `.${group}`} (${reason})`;
  });
  return [
    `VALID: the tenant "${tenant.slug}" (${tenant.id}) was deleted; the deletion finished ${deletion.finishedAt}.`,
    `Requested ${deletion.requestedAt} by ${deletion.requestedBy}. ${removed.count} objects removed; ` +
      `${sweep.resources.length} kinds searched, nothing left.`,
    ...(unseen.length === 0 ? [] : [`Not searched: ${unseen.join(', ')}.`]),
    `Signed by the key ${keyId}.`,
  ].join('\n');
}

function summaryOfReport(
  { tenant, summary: counts, checks, requests, finishedAt }: IsolationReport,
  keyId: string,
): string {
  const failed = checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
  return [
    `VALID: isolation check of the tenant "${tenant.slug}" (${tenant.id}) at generation ${tenant.generation}; ` +
      `finished ${finishedAt}.`,
    `${counts.passed} passed, ${counts.failed} failed, ${counts.notApplicable} not applicable; ${requests} requests.`,
    ...(failed.length === 0 ? [] : [`Failed: ${failed.join(', ')}.`]),
    `Signed by the key ${keyId}.`,
  ].join('\n');
}
