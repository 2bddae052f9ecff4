import { z } from 'zod';

/**
 * The head of the audit log's chain. Signed verbatim: never rename a field or change its meaning; a new form gets a new
 * `version`.
 */
export const auditHeadStatement = z.strictObject({
  type: z.literal('bulkhead.io/audit-head'),
  version: z.literal(1),
  sequence: z.int().min(1).describe('Number of entries.'),
  hash: z.string().describe('Hash of the last entry.'),
  signedAt: z.iso.datetime().describe('Time by the clock of the database.'),
});
export type AuditHeadStatement = z.output<typeof auditHeadStatement>;

/** A head of the audit log as returned by the API: readable statement and signature. */
export const auditHead = z
  .strictObject({
    statement: auditHeadStatement,
    keyId: z.string().describe('RFC 7638 thumbprint of the signing key.'),
    jws: z.string().describe('Compact JWS (RFC 7515), EdDSA with Ed25519; its payload is the statement.'),
  })
  .meta({ id: 'AuditHead' });
export type AuditHead = z.output<typeof auditHead>;
