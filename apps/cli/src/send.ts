import { readFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

import { type BulkheadClient, type Outcome, unwrap } from '#client';

import { type ApiOperation } from './api-document.js';
import { UsageError } from './exit-codes.js';
import { parsedYaml } from './given-values.js';
import { json, readable } from './print.js';
import { waitWithProgress } from './progress.js';
import { tenantId } from './tenant-ids.js';

/** What a user gave for one operation. */
export interface Given {
  /** Values of the path's parameters, in its order. */
  path: string[];
  query: Record<string, unknown>;
  headers: Record<string, string>;
  body: Record<string, unknown>;
  /** A file with the body, or `-` for standard input; members given as flags are put on top. */
  file?: string;
  /** Media type of the answer. */
  accept?: string;
  /** Seconds to wait for the operation; null to return at once. */
  wait: number | null;
  json: boolean;
}

/** Any operation of the document, which the types of the client cannot know. */
type AnyRequest = (method: string, path: string, init: object) => Promise<Outcome<ReadableStream | null>>;

/**
 * Sends an operation, waits for what it started if asked, and prints the answer.
 * @throws BulkheadError, OperationFailedError, OperationTimeoutError, UsageError
 */
export async function send(client: BulkheadClient, operation: ApiOperation, given: Given): Promise<void> {
  const path = await pathParameters(client, operation, given.path);
  const body = operation.body === null ? undefined : bodyOf(operation.body, given);
  const request = client.request as unknown as AnyRequest;
  const outcome = await request(operation.method.toLowerCase(), operation.path, {
    params: { path, query: given.query },
    headers: { ...given.headers, ...(given.accept === undefined ? {} : { accept: given.accept }) },
    ...(body === undefined ? {} : { body }),
    parseAs: 'stream',
  });
  const stream = await unwrap(outcome);
  const { response } = outcome;
  const isWaiting = given.wait !== null && response.headers.has('location');
  if (isWaiting) await waitWithProgress(client, response, given.wait ?? 0);
  await print(stream, response, operation, given.json);
}

async function print(
  stream: ReadableStream | null,
  response: Response,
  operation: ApiOperation,
  asJson: boolean,
): Promise<void> {
  if (stream === null || response.status === 204) return;
  const type = response.headers.get('content-type') ?? '';
  if (!/^application\/(json|merge-patch\+json)\b/.test(type)) {
    await pipeline(stream, process.stdout, { end: false });
    return;
  }
  const answer = await new Response(stream).json();
  console.log(asJson ? json(answer) : readable(answer, operation.answerSchema));
}

async function pathParameters(
  client: BulkheadClient,
  { parameters }: ApiOperation,
  values: readonly string[],
): Promise<Record<string, string>> {
  const names = parameters.filter((each) => each.in === 'path');
  const entries = names.map(async ({ name, schema }, index) => {
    const value = values[index] ?? '';
    const isTenant = schema.pattern?.startsWith('^tenant_') === true;
    return [name, isTenant ? await tenantId(client, value) : value] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function bodyOf({ members, required }: NonNullable<ApiOperation['body']>, given: Given): unknown {
  const fromFile = given.file === undefined ? {} : readBody(given.file);
  const body = { ...fromFile, ...given.body };
  const missing = [...required].filter((name) => !(name in body));
  if (missing.length > 0) {
    throw new UsageError(`Missing: ${missing.map(flagOf).join(', ')}. Give them as flags or in a file with --file.`);
  }
  const isEmpty = Object.keys(body).length === 0 && given.file === undefined;
  return isEmpty && Object.keys(members).length === 0 ? undefined : body;
}

/** Returns the flag of a member, such as `--display-name`. */
export function flagOf(name: string): string {
  return `--${name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase()}`;
}

function readBody(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch {
    throw new UsageError(`The file cannot be read: ${file}`);
  }
  const body = parsedYaml(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new UsageError(`The file must hold an object in YAML or JSON: ${file}`);
  }
  return body as Record<string, unknown>;
}
