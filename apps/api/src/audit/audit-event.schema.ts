import { word } from '#plans';
import { type AuditEvent, entrySchema } from '#audit';
import { uuidOf } from '#persistence';
import { z } from 'zod';

import { pageQuery } from '../http/paging.js';

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

export const listAuditEventsQuery = z.strictObject({
  ...pageQuery,
  tenantId: word(200)
    .refine((id) => uuidOf('tenant', id) !== null, 'Must be a tenant id: tenant_…')
    .optional()
    .describe('Only entries about this tenant.'),
  actor: word(200).min(1).optional().describe('Only changes by this actor: an API key (`key_…`) or `command`.'),
  action: word(200).min(1).optional().describe('Only this action, such as `tenants.create`.'),
  since: time.optional().describe('At or after this time.'),
  until: time.optional().describe('Before this time.'),
});

export const auditEventResponse = z
  .strictObject({
    ...entrySchema.shape,
    sequence: z.int().nullable().describe('Position in the chain; null until the entry is sealed, for about a second.'),
    hash: z.string().nullable().describe('SHA-256 over the previous hash, a line feed and `text`; null until sealed.'),
    text: z.string().describe('The exact text that is hashed.'),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEventResponse = z.output<typeof auditEventResponse>;

/** Maps an entry to its response. */
export function toAuditEventResponse({ entry, sequence, hash }: AuditEvent): AuditEventResponse {
  return { ...entrySchema.parse(JSON.parse(entry)), sequence, hash, text: entry };
}
