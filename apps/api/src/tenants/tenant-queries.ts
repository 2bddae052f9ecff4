import { readableLines, readableText, word } from '#plans';
import { type DomainError } from '#problems';
import { type DeletionTerms, type TenantFilter, tenantPhases } from '#tenancy';
import { z } from 'zod';

import { pageQuery } from '../http/paging.js';
import { waitSeconds } from '../http/prefer.js';

/** `key=value`, or a key alone. Neither part contains `=`. */
const labelFilter = z
  .string()
  .max(381)
  .regex(/^[A-Za-z0-9][A-Za-z0-9./_-]*(=[A-Za-z0-9._-]*)?$/, {
    error: 'Must be a label such as "region=eu", or a key.',
  });

export const getTenantQuery = z.strictObject({
  wait: waitSeconds.describe('Seconds to wait until the cluster matches the tenant, or its operation has failed.'),
});

export const listTenantsQuery = z.strictObject({
  ...pageQuery,
  slug: word(200).optional(),
  externalId: readableLines(200).optional(),
  plan: word(200).optional().describe('Plan id.'),
  phase: z.enum(tenantPhases).optional().describe('Without this filter, deleted tenants are left out.'),
  label: z
    .union([labelFilter.meta({ title: 'One label' }), z.array(labelFilter).max(64).meta({ title: 'Several labels' })])
    .optional()
    .meta({ examples: ['region=eu'] })
    .describe('A label that tenants must have, such as `region=eu`, or a key alone. Can be repeated.'),
  q: readableText(200).optional().describe('Part of the slug, display name or external id, in any case of letters.'),
  count: z.enum(['true', 'false']).default('false').describe('`true`: also counts the tenants of all pages (`total`).'),
});

/** Whole days. A string, because coercion would turn an empty value into 0, which deletes at once. */
const days = z
  .string()
  .regex(/^(0|[1-9]\d{0,3})$/, { error: 'Must be a whole number of days from 0 to 9999.' })
  .meta({ maxLength: 4 });

export const deleteTenantQuery = z
  .strictObject({
    retention: days
      .optional()
      .describe(
        "Days from the first request until the deletion begins; by default and at most the plan's retention. 0 begins " +
          'at once and cannot be cancelled. The tenant is suspended until then. Requires the permission ' +
          '`tenants:purge`.',
      ),
    at: z.iso
      .datetime({ offset: true })
      .optional()
      .describe(
        'When the deletion begins. The tenant runs on until then. A time before the retention of the plan is over ' +
          'requires the permission `tenants:purge`; one that has passed begins at once.',
      ),
    after: days.optional().describe('Like `at`, as days from the first request.'),
    suspend: z
      .enum(['true', 'false'])
      .optional()
      .describe(
        'Whether the tenant is suspended until the deletion begins, and cannot be changed: by default `false` with `at` ' +
          'or `after`, and `true` otherwise. Its data is kept in either case.',
      ),
  })
  .refine(({ retention, at, after }) => [retention, at, after].filter((one) => one !== undefined).length < 2, {
    error: 'Only one of retention, at and after can be given.',
  });

/**
 * Maps the terms of a deletion to the domain.
 * @param lacksPurge the refusal of a caller without the permission to delete early
 */
export function toDeletionTerms(
  { retention, at, after, suspend }: z.output<typeof deleteTenantQuery>,
  lacksPurge: DomainError | null,
): DeletionTerms {
  const begins = at === undefined ? null : { at: new Date(at) };
  return {
    retentionDays: retention === undefined ? null : Number(retention),
    begins: after === undefined ? begins : { afterDays: Number(after) },
    suspends: suspend === undefined ? null : suspend === 'true',
    lacksPurge,
  };
}

/** Maps the filters of a list to the domain. */
export function toTenantFilter(query: z.output<typeof listTenantsQuery>): TenantFilter {
  const { slug, externalId, plan, phase, q, label = [] } = query;
  const labels = [label].flat().map((text) => {
    const [key = '', value] = text.split('=');
    return { key, value: value ?? null };
  });
  return { slug, externalId, plan, phase, q, labels };
}
