import { z } from 'zod';

/**
 * Last labels of names that no public DNS has (RFC 6761, RFC 6762, RFC 7686, RFC 8375; ICANN reserves "internal"), and of
 * those that clusters and private networks use.
 */
const PRIVATE = new Set([
  ...['arpa', 'cluster', 'corp', 'home', 'internal', 'intranet', 'invalid', 'lan', 'local', 'localdomain'],
  ...['localhost', 'onion', 'private', 'svc'],
]);

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
// The last label of a public name is never numeric, so an IPv4 address is none.
const name = new RegExp(`^(\\*\\.)?(${label}\\.)+([a-z]|[a-z][a-z0-9-]{0,61}[a-z0-9])$`);

/** A name in the public DNS, exact or with one leading wildcard, in lower case. */
export const publicHostSchema = z
  .string()
  .max(253)
  .regex(name, {
    error: 'Must be a name such as "api.example.com" or "*.example.com", in lower case, not an address.',
    abort: true,
  })
  .refine((host) => !PRIVATE.has(host.slice(host.lastIndexOf('.') + 1)), {
    error: 'Must be a name in the public DNS.',
  });

/** Reports whether every name that `host` stands for is one that `pattern` stands for. */
export function coversHost(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
}
