import { z } from 'zod';

/** Signature algorithms (RFC 7518, RFC 8037) with a private and a public key: a public key never signs. */
const algorithms = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
] as const;

/** How a token is accepted that names no type. */
export const ABSENT_TYPE = 'absent';

const LOOPBACK = /^(127\.0\.0\.1|\[::1\]|localhost)$/;

const secureUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => isSecure(url), 'must be https, except for a loopback address')
  .refine((url) => !/[@?#]/.test(url), 'must contain no user, query or fragment');

/** The name of a claim, or the way to an inner one as a JSON Pointer (RFC 6901), such as `/kubernetes.io/namespace`. */
const claimName = z.string().min(1).max(200);

/** A claim that names users or groups as the clusters know them, as in Kubernetes' `claimMappings`. */
const clusterName = z.strictObject({ claim: claimName, prefix: z.string().max(100).default('') });

/** Whom a role is given for: a tenant that the rule names, or those that a claim of the token names. */
const ruleTenant = z.union([
  z.strictObject({ id: z.string().min(1) }),
  z.strictObject({ claim: claimName, is: z.enum(['id', 'externalId']) }),
]);

const rule = z.strictObject({
  when: z
    .record(claimName, z.string().min(1).max(500))
    .refine((when) => Object.keys(when).length > 0, 'must name a claim'),
  role: z.string().min(1).max(63),
  tenant: ruleTenant.optional(),
});

const issuer = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/, 'must consist of a-z, 0-9 and -'),
  issuer: secureUrl,
  discoveryUrl: secureUrl.optional(),
  jwksUrl: secureUrl.optional(),
  caFile: z.string().min(1).optional(),
  tokenFile: z.string().min(1).optional(),
  callers: z.enum(['people', 'workloads']).default('people'),
  audiences: z.array(z.string().min(1)).min(1),
  algorithms: z.array(z.enum(algorithms)).min(1).default(['RS256', 'ES256']),
  types: z.array(z.string().min(1)).min(1).default(['at+jwt', 'JWT']),
  coolDownSeconds: z.int().min(1).max(3_600).default(30),
  claims: z
    .strictObject({
      subject: claimName.default('sub'),
      name: claimName.default('name'),
      email: claimName.default('email'),
    })
    .prefault({}),
  members: z
    .strictObject({
      user: clusterName.optional(),
      group: clusterName.optional(),
      serviceAccountsOf: z.string().min(1).optional(),
    })
    .prefault({}),
  rules: z.array(rule).max(200).default([]),
  login: z
    .strictObject({
      clientId: z.string().min(1),
      authorizationUrl: secureUrl,
      tokenUrl: secureUrl,
      scopes: z.array(z.string().min(1)).min(1).default(['openid', 'email']),
    })
    .optional(),
});

/** The file that `BULKHEAD_ISSUERS_FILE` names. */
export const issuersFile = z.strictObject({
  issuers: z
    .array(issuer)
    .max(20)
    .refine((list) => areUnique(list.map(({ name }) => name)), 'two issuers have the same name')
    .refine((list) => areUnique(list.map((each) => each.issuer)), 'an issuer is listed twice')
    .refine((list) => list.filter(({ login }) => login !== undefined).length <= 1, 'more than one issuer has `login`'),
});

/**
 * Somebody who issues tokens that Bulkhead accepts: an identity provider for people, a CI system, or the API server of
 * a cluster for its ServiceAccounts.
 */
export type Issuer = z.output<typeof issuer>;

function areUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}

function isSecure(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || LOOPBACK.test(hostname);
}
