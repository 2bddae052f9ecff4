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

/** A host name with at least two labels (RFC 1123). The last label is never numeric, so an IPv4 address is none. */
export const hostNamePattern = new RegExp(`^(${label}\\.)+([a-z]|[a-z][a-z0-9-]{0,61}[a-z0-9])$`);

/** Returns what is wrong with a text that matches no pattern of host names: a sentence that says what to change. */
export function hostFault(text: string, example: string): string {
  if (/[^\0-\x7f]/.test(text)) {
    return 'Write names of other scripts in Punycode: "xn--mller-kva.example" instead of "müller.example".';
  }
  if (/^[\d.]+$|:/.test(text)) return 'Must be a name, not an address or a port.';
  if (text.includes('*') && !example.includes('*')) return 'Must not contain a wildcard: subdomains are included.';
  if (text.endsWith('.')) return 'Must not end with a dot.';
  if (/[A-Z]/.test(text)) return 'Must be in lower case.';
  if (!text.includes('.')) return `Must have at least one dot, such as ${example}.`;
  return `Must consist of labels of lower-case letters, digits and inner hyphens, up to 63 each, such as ${example}.`;
}

/** A name in the public DNS, exact or with one leading wildcard, in lower case. */
export const publicHostSchema = z
  .string()
  .max(253)
  .regex(name, {
    error: ({ input }) => hostFault(String(input), '"api.example.com" or "*.example.com"'),
    abort: true,
  })
  .refine((host) => !PRIVATE.has(host.slice(host.lastIndexOf('.') + 1)), {
    error: 'Must be a name in the public DNS.',
  });

/** Reports whether every name that `host` stands for is one that `pattern` stands for. */
export function coversHost(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)));
}
