import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

import {
  type DeletionStatement,
  type IsolationReport,
  looksLikeIsolationReport,
  NotVerified,
  verifyCertificate,
  verifyIsolationReport,
} from '#certificates';

const USAGE = 'usage: bulkhead verify-certificate FILE --keys FILE|URL';
const MOST_BYTES = 50_000_000;
const TIMEOUT_MS = 15_000;

/** What was given cannot be read. */
class UnusableInput extends Error {}

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

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new UnusableInput(`${file} cannot be read.`);
  }
}

async function readKeys(source: string): Promise<unknown> {
  const text = /^https?:\/\//.test(source) ? await fetchText(source) : await readText(source);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UnusableInput(`${source} is not JSON.`);
  }
}

async function fetchText(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await answer.text();
    if (answer.ok && text.length <= MOST_BYTES) return text;
  } catch {
    // Said below.
  }
  throw new UnusableInput(`${url} does not give keys.`);
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
