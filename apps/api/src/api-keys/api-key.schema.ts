import { type ApiKey, type IssuedApiKey, type NewApiKey, permissions } from '#access';
import { cidrSchema, readableText, word } from '#plans';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';
import { permission } from '../http/permission.schema.js';
import { secret } from '../http/secret-members.js';

const LONGEST_OVERLAP_SECONDS = 30 * 86_400;

const name = readableText(100).describe('Name for people, such as the system that uses the key.');
const tenantId = word(100).describe('The only tenant that the key reaches.');
const allowedCidrs = z
  .array(cidrSchema)
  .max(50)
  .describe(
    'Address ranges from which the key can be used; empty: any. Behind a proxy, configure `BULKHEAD_TRUSTED_PROXIES`.',
  );

export const createApiKeyRequest = z
  .strictObject({
    name,
    role: word(63).optional().describe('A built-in or defined role. Either this or `permissions`.'),
    permissions: z.array(permission).min(1).max(permissions.length).optional(),
    tenantId: tenantId.optional(),
    allowedCidrs: allowedCidrs.default([]),
    expiresInDays: z.int().min(1).max(3_650).optional().describe('Absent: it does not expire.'),
  })
  .refine(({ role, permissions: given }) => (role === undefined) !== (given === undefined), {
    path: ['role'],
    error: 'Give either a role or permissions.',
  })
  .meta({ examples: [{ name: 'billing', role: 'billing', expiresInDays: 365 }] });

export const rotateApiKeyRequest = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(LONGEST_OVERLAP_SECONDS)
      .default(86_400)
      .describe('How long the old secret keeps working.'),
  })
  .meta({ examples: [{ overlapSeconds: 3600 }] });

export const listApiKeysQuery = z.strictObject({
  ...pageQuery,
  tenantId: word(100).optional().describe('Only keys that are bound to this tenant.'),
  active: z.enum(['true', 'false']).optional().describe('`true`: only keys that can be used. `false`: only others.'),
});

const members = {
  id: z.string(),
  name: z.string(),
  role: z.string().nullable().describe('Null: the key has permissions of its own.'),
  permissions: z.array(z.string()).nullable().describe('Null: those of its role.'),
  tenantId: z.string().nullable().describe('The only tenant that the key reaches; null: it is not bound to one.'),
  allowedCidrs: z.array(z.string()).describe('Empty: any address.'),
  createdBy: z.string().nullable().describe('Who created the key; null: a command.'),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable().describe('To the minute.'),
  rotatedAt: z.iso.datetime().nullable(),
  previousValidUntil: z.iso.datetime().nullable().describe('Until when the secret before the last rotation works.'),
  revokedAt: z.iso.datetime().nullable(),
  revokedBy: z.string().nullable(),
};

export const apiKeyResponse = z.strictObject(members).meta({ id: 'ApiKey' });
export type ApiKeyResponse = z.output<typeof apiKeyResponse>;

export const issuedApiKeyResponse = z
  .strictObject({
    ...members,
    key: z
      .string()
      .nullable()
      .meta(secret)
      .describe('The key itself, which is shown only once; null in the answer to a repeated request. Rotate it then.'),
  })
  .meta({ id: 'IssuedApiKey' });
export type IssuedApiKeyResponse = z.output<typeof issuedApiKeyResponse>;

/** Maps a request to the domain. */
export function toNewApiKey(input: z.output<typeof createApiKeyRequest>, createdBy: string): NewApiKey {
  const { role = null, permissions: own = null, tenantId: tenant = null, expiresInDays = null, ...rest } = input;
  return { ...rest, role, permissions: own, tenantId: tenant, expiresInDays, createdBy };
}

/** Maps a key to its response. */
export function toApiKeyResponse(key: ApiKey): ApiKeyResponse {
  const { id, name: given, role, permissions: own, tenantId: tenant, allowedCidrs: ranges, createdBy, revokedBy } = key;
  const time = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    ...{ id, name: given, role, permissions: own, tenantId: tenant, allowedCidrs: ranges, createdBy, revokedBy },
    createdAt: key.createdAt.toISOString(),
    expiresAt: time(key.expiresAt),
    lastUsedAt: time(key.lastUsedAt),
    rotatedAt: time(key.rotatedAt),
    previousValidUntil: time(key.previousValidUntil),
    revokedAt: time(key.revokedAt),
  };
}

/** Answers with a key and its text. */
export function issuedApiKey({ key, text }: IssuedApiKey): Answer<IssuedApiKeyResponse> {
  const headers = { location: `/v1/api-keys/${key.id}`, 'cache-control': 'no-store' };
  return new Answer({ ...toApiKeyResponse(key), key: text }, headers);
}

/** Maps the query parameter `active` to the domain. */
export function toApiKeyFilter({ tenantId: tenant, active }: z.output<typeof listApiKeysQuery>): {
  tenantId: string | undefined;
  active: boolean | undefined;
} {
  return { tenantId: tenant, active: active === undefined ? undefined : active === 'true' };
}
