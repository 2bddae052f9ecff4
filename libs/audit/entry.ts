import { createHash } from 'node:crypto';

import { uuidOf } from '#persistence';
import { z } from 'zod';

/** A request's body that is larger is not kept, only told from others. */
const MOST_BYTES = 64 * 1024;

const source = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http'),
    method: z.string(),
    url: z.string().describe('Path and query.'),
    requestId: z.string().describe('`X-Request-Id`, as in the log of requests.'),
    address: z.string().describe('Of the caller, or of the proxy before the API.'),
    forwardedFor: z.string().nullable().describe('`X-Forwarded-For` as it came: anybody can claim it.'),
    userAgent: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('command'),
    command: z.string(),
    user: z.string().describe('Of the operating system.'),
    host: z.string(),
  }),
]);

/** One entry of the audit log, which is what the chain covers. A member is never renamed or given another meaning. */
export const entrySchema = z.strictObject({
  at: z.iso.datetime().describe("The database's clock."),
  id: z.string(),
  actor: z.strictObject({
    id: z.string().describe('Id of an API key; `command` for who works at the database.'),
    role: z.string().nullable(),
  }),
  action: z
    .string()
    .describe(
      'Id of the operation in the OpenAPI document, such as `tenants.create`; of commands also `apikeys.create`.',
    ),
  tenantIds: z.array(z.string()).describe('Every tenant that request or answer name, sorted.'),
  request: z.unknown().describe('The body; null when there was none, or it is omitted.'),
  requestOmitted: z
    .strictObject({ bytes: z.int(), sha256: z.string() })
    .nullable()
    .describe('Of a body of more than 64 KiB, as JSON without spaces.'),
  location: z.string().nullable().describe('What was made or changed, as the answer said.'),
  source,
});
export type AuditEntry = z.output<typeof entrySchema>;

/** A change that somebody has made. */
export interface AuditedChange {
  actor: AuditEntry['actor'];
  action: string;
  source: AuditEntry['source'];
  /** The body as it came; a change is refused when nothing is done with a part of it. */
  request: unknown;
  /** What was answered. */
  answer?: { body: unknown; location: string | null };
}

/** The entry of a change, without the time, which the database adds. */
export function entryOf(id: string, change: AuditedChange): Omit<AuditEntry, 'at'> {
  const { actor, action, source: from, request, answer = { body: null, location: null } } = change;
  const text = JSON.stringify(request ?? null);
  const bytes = Buffer.byteLength(text);
  const kept = bytes <= MOST_BYTES;
  const said = [text, JSON.stringify(answer.body ?? null), answer.location ?? '', from.kind === 'http' ? from.url : ''];
  return {
    ...{ id, actor, action, tenantIds: tenantsIn(said) },
    request: kept ? (request ?? null) : null,
    requestOmitted: kept ? null : { bytes, sha256: createHash('sha256').update(text).digest('hex') },
    ...{ location: answer.location, source: from },
  };
}

/** Ids of tenants that stand in texts, sorted. */
function tenantsIn(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) => text.match(/\btenant_[0-9a-z]{26}\b/g) ?? []);
  return [...new Set(found)].filter((id) => uuidOf('tenant', id) !== null).sort();
}
