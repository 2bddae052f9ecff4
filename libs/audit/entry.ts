import { createHash } from 'node:crypto';

import { uuidOf } from '#persistence';
import { z } from 'zod';

/** Larger request bodies are not stored; only their size and hash are. */
const MOST_BYTES = 64 * 1024;

const source = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http'),
    method: z.string(),
    url: z.string().describe('Path and query string.'),
    requestId: z.string().describe('`X-Request-Id`, as in the request log.'),
    address: z.string().describe('Address of the caller, or of the proxy in front of the API.'),
    forwardedFor: z.string().nullable().describe('`X-Forwarded-For` as received; callers can forge it.'),
    userAgent: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('command'),
    command: z.string(),
    user: z.string().describe('User of the operating system.'),
    host: z.string(),
  }),
]);

/** An entry of the audit log, as covered by the chain. Never rename a field or change its meaning. */
export const entrySchema = z.strictObject({
  at: z.iso.datetime().describe('Time by the clock of the database.'),
  id: z.string(),
  actor: z.strictObject({
    id: z.string().describe('Id of an API key; `command` for a command that works on the database.'),
    role: z.string().nullable(),
  }),
  action: z
    .string()
    .describe(
      'What was changed and how, such as `tenants.create`; commands also have others, such as ' + '`apikeys.create`.',
    ),
  tenantIds: z.array(z.string()).describe('Tenants that occur in the request or its response, sorted.'),
  request: z.unknown().describe('Request body; null if there was none or it was omitted.'),
  requestOmitted: z
    .strictObject({ bytes: z.int(), sha256: z.string() })
    .nullable()
    .describe('Size and hash of an omitted body (more than 64 KiB), as JSON without whitespace.'),
  location: z.string().nullable().describe('`Location` of the response.'),
  source,
});
export type AuditEntry = z.output<typeof entrySchema>;

/** A change to record. */
export interface AuditedChange {
  actor: AuditEntry['actor'];
  action: string;
  source: AuditEntry['source'];
  /** The body as received. Unknown fields were already refused, so all of it took effect. */
  request: unknown;
  /** The response. */
  answer?: { body: unknown; location: string | null };
}

/** Builds the entry of a change, without the time, which the database adds. */
export function entryOf(id: string, change: AuditedChange): Omit<AuditEntry, 'at'> {
  const { actor, action, source: from, request, answer = { body: null, location: null } } = change;
  const text = JSON.stringify(request ?? null);
  const bytes = Buffer.byteLength(text);
  const kept = bytes <= MOST_BYTES;
  const said = [text, JSON.stringify(answer.body ?? null), answer.location ?? '', from.kind === 'http' ? from.url : ''];
  return {
    id,
    actor,
    action,
    tenantIds: tenantsIn(said),
    request: kept ? (request ?? null) : null,
    requestOmitted: kept ? null : { bytes, sha256: createHash('sha256').update(text).digest('hex') },
    location: answer.location,
    source: from,
  };
}

/** Returns the tenant ids that occur in the texts, sorted. */
function tenantsIn(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) => text.match(/\btenant_[0-9a-z]{26}\b/g) ?? []);
  return [...new Set(found)].filter((id) => uuidOf('tenant', id) !== null).sort();
}
