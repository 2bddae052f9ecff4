import { z } from 'zod';

/**
 * What the end of an audit log's chain is. Signed word for word, so a member is never renamed or given another meaning; a
 * new form gets a new `version`.
 */
export const auditHeadStatement = z.strictObject({
  type: z.literal('bulkhead.io/audit-head'),
  version: z.literal(1),
  sequence: z.int().positive().describe('How many entries there were.'),
  hash: z.string().describe('Of the last of them.'),
  signedAt: z.iso.datetime().describe("The database's clock."),
});
export type AuditHeadStatement = z.output<typeof auditHeadStatement>;

/** The end of an audit log as the API gives it: the statement to read, and the same one signed. */
export const auditHead = z.strictObject({
  statement: auditHeadStatement,
  keyId: z.string().describe('RFC 7638 thumbprint of the key.'),
  jws: z.string().describe('JWS (RFC 7515) in compact form, EdDSA over Ed25519; its payload is the statement.'),
});
export type AuditHead = z.output<typeof auditHead>;
