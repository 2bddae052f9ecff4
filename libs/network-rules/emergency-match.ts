import { createHash } from 'node:crypto';

import canonicalize from 'canonicalize';

/**
 * Returns what binds an emergency rule to its preview: SHA-256 over the tenants and the content, as canonical JSON
 * (RFC 8785). Pure.
 * @param tenants identifies the selector and the tenants
 */
export function emergencyMatch(tenants: string, content: object): string {
  const bound = canonicalize(JSON.parse(JSON.stringify([tenants, content]))) ?? '';
  return createHash('sha256').update(bound).digest('base64url');
}
