import { type AuditEvent, entrySchema } from '#audit';
import { uuidOf } from '#persistence';
import { z } from 'zod';

import { pageQuery } from '../http/paging.js';

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

export const listAuditEventsQuery = z.strictObject({
  ...pageQuery,
  tenantId: z
    .string()
    .refine((id) => uuidOf('tenant', id) !== null, 'The id of a tenant: tenant_…')
    .optional()
    .describe('Entries that name this tenant.'),
  actor: z.string().min(1).max(200).optional().describe('By this API key, `key_…`, or by a `command`.'),
  action: z.string().min(1).max(200).optional().describe('Such as `tenants.create`.'),
  since: time.optional().describe('From this moment on.'),
  until: time.optional().describe('Before this moment.'),
});

export const auditEventResponse = z.strictObject({
  ...entrySchema.shape,
  sequence: z.int().nullable().describe('Place in the chain; null for about a second.'),
  hash: z.string().nullable().describe('SHA-256 of the hash before it, a line feed and `text`.'),
  text: z.string().describe('The entry as it is hashed, letter for letter.'),
});
export type AuditEventResponse = z.output<typeof auditEventResponse>;

/** How an entry is answered. */
export function toAuditEventResponse({ entry, sequence, hash }: AuditEvent): AuditEventResponse {
  return { ...entrySchema.parse(JSON.parse(entry)), sequence, hash, text: entry };
}
