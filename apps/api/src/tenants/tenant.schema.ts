import { environmentNameSchema, planIdSchema, slugSchema } from '#plans';
import {
  conditionTypes,
  memberRoles,
  type NewTenant,
  type PlanReference,
  type Tenant,
  type TenantAndOperation,
  type TenantChange,
  type TenantObject,
  tenantPhases,
} from '#tenancy';
import { z } from 'zod';

import { Answer, etagOf } from '../http/answer.js';
import { holdResponse, toHoldResponse } from '../holds/hold.schema.js';
import { pageQuery } from '../http/paging.js';

const displayName = z.string().trim().min(1).max(200).describe('For people.');
const externalId = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .describe('Your id of the customer, e.g. the one of your billing system. Unique.');

const planReference = z
  .union([planIdSchema, z.strictObject({ id: planIdSchema, version: z.int().min(1).optional() })])
  .describe('A plan id for its newest version, or `{"id", "version"}`.');

const members = z
  .array(
    z.strictObject({
      kind: z.enum(['User', 'Group']),
      name: z
        .string()
        .min(1)
        .max(253)
        // system:masters and its like mean the cluster itself; binding one would give the tenant to everybody or nobody.
        .refine((name) => !name.startsWith('system:'), 'Names that start with "system:" belong to Kubernetes.')
        .describe("As the cluster's authenticator names the user or group."),
      role: z.enum(memberRoles),
    }),
  )
  .max(200)
  .describe("Who works in the tenant's namespaces.");

// The API's own labels take the rules of Kubernetes, so that they can become Kubernetes labels.
const labelKey = z
  .string()
  .regex(/^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
const labelValue = z.string().regex(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/);
const atMost64 = (labels: object): boolean => Object.keys(labels).length <= 64;

export const createTenantRequest = z
  .strictObject({
    slug: slugSchema.describe('Part of the names of the namespaces. Free again once the tenant is deleted.'),
    displayName: displayName.optional().describe('For people. Left out: the slug.'),
    externalId: externalId.nullable().default(null),
    plan: planReference,
    environments: z
      .array(environmentNameSchema)
      .min(1)
      .max(50)
      .refine((names) => new Set(names).size === names.length, 'The names must differ.')
      .optional()
      .describe("One namespace each. Left out: the plan's own."),
    members: members.default([]),
    labels: z.record(labelKey, labelValue).refine(atMost64, 'At most 64 labels.').default({}),
  })
  .meta({
    examples: [
      {
        slug: 'acme',
        displayName: 'Acme GmbH',
        externalId: 'cus_123',
        plan: 'team',
        environments: ['main', 'staging'],
        members: [{ kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' }],
        labels: { region: 'eu' },
      },
    ],
  });

/** JSON Merge Patch (RFC 7396): absent is left, null is cleared. */
export const updateTenantRequest = z
  .strictObject({
    displayName: displayName.optional(),
    externalId: externalId.nullable().optional(),
    plan: planReference.optional(),
    members: members.nullable().optional().describe('The whole list; null for nobody.'),
    labels: z
      .record(labelKey, labelValue.nullable())
      .refine(atMost64, 'At most 64 labels.')
      .optional()
      .describe('Merged by key; null removes one.'),
  })
  .meta({ examples: [{ plan: 'regulated' }] });

export const listTenantsQuery = z.strictObject({
  ...pageQuery,
  slug: z.string().optional(),
  externalId: z.string().optional(),
  plan: z.string().optional().describe('Plan id.'),
  phase: z.enum(tenantPhases).optional().describe('Without it, deleted tenants are left out.'),
});

export const deleteTenantQuery = z.strictObject({
  retention: z
    // As text, because an empty one would become the number 0, which deletes at once.
    .string()
    .regex(/^(0|[1-9]\d{0,3})$/)
    .optional()
    .describe(
      "Days until the deletion begins, from the first request on; at most the plan's, which is the default. " +
        '0 begins at once, and nobody can call that back. Needs the permission `tenants:purge`.',
    ),
});

const conditionSchema = z.strictObject({
  type: z.enum(conditionTypes),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  observedGeneration: z.int(),
  lastTransitionTime: z.iso.datetime(),
});

export const tenantResponse = z.strictObject({
  id: z.string().describe('Never changes.'),
  slug: z.string(),
  displayName: z.string(),
  externalId: z.string().nullable(),
  plan: z.strictObject({ id: z.string(), version: z.int() }),
  phase: z.enum(tenantPhases),
  generation: z.int().describe('Raised by every change.'),
  observedGeneration: z.int().describe('The generation that the cluster is known to match.'),
  namespaces: z.array(z.strictObject({ environment: z.string(), name: z.string() })),
  members: z.array(z.strictObject({ kind: z.enum(['User', 'Group']), name: z.string(), role: z.enum(memberRoles) })),
  holds: z.array(holdResponse).describe('Reasons to restrict the tenant that are in force, oldest first.'),
  conditions: z.array(conditionSchema),
  labels: z.record(z.string(), z.string()),
  deletionScheduledAt: z.iso.datetime().nullable().describe('When the deletion was asked for.'),
  deletesAt: z.iso.datetime().nullable().describe('When the deletion begins; until then it can be called back.'),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type TenantResponse = z.output<typeof tenantResponse>;

export const tenantObjectsResponse = z.strictObject({
  items: z.array(
    z.strictObject({
      apiVersion: z.string(),
      kind: z.string(),
      namespace: z.string().nullable().describe('Null for objects of the cluster itself.'),
      name: z.string(),
      uid: z.string(),
      appliedAt: z.iso.datetime(),
    }),
  ),
  nextCursor: z.null().describe("A tenant's set is small: the answer is always whole."),
});
export type TenantObjectsResponse = z.output<typeof tenantObjectsResponse>;

/** What the domain makes of a request. Requests are kept free of transformations, so that they document themselves. */
export function toNewTenant(body: z.output<typeof createTenantRequest>): NewTenant {
  return { ...body, displayName: body.displayName ?? body.slug, plan: toPlanReference(body.plan) };
}

/** As `toNewTenant`, for a merge patch. */
export function toTenantChange(body: z.output<typeof updateTenantRequest>): TenantChange {
  const { plan, members: list, ...rest } = body;
  return {
    ...rest,
    ...(plan === undefined ? {} : { plan: toPlanReference(plan) }),
    ...(list === undefined ? {} : { members: list ?? [] }),
  };
}

function toPlanReference(plan: z.output<typeof planReference>): PlanReference {
  return typeof plan === 'string' ? { id: plan } : plan;
}

/** Days of retention that were asked for; null: as the plan says. */
export function toRetentionDays({ retention }: z.output<typeof deleteTenantQuery>): number | null {
  return retention === undefined ? null : Number(retention);
}

/** How a tenant is answered. */
export function toTenantResponse(tenant: Tenant): TenantResponse {
  const { id, slug, displayName, externalId, phase, generation, observedGeneration, members, conditions, labels } =
    tenant;
  const holds = [...tenant.holds].sort((a, b) => (a.id < b.id ? -1 : 1));
  const environments = [...tenant.environments].sort((a, b) => a.position - b.position);
  return {
    ...{ id, slug, displayName, externalId, plan: { id: tenant.planId, version: tenant.planVersion } },
    ...{ phase, generation, observedGeneration, members, holds: holds.map(toHoldResponse), conditions, labels },
    namespaces: environments.map(({ name, namespace }) => ({ environment: name, name: namespace })),
    deletionScheduledAt: tenant.deletionScheduledAt?.toISOString() ?? null,
    deletesAt: tenant.deletesAt?.toISOString() ?? null,
    createdAt: tenant.createdAt.toISOString(),
    updatedAt: tenant.updatedAt.toISOString(),
  };
}

/** The answer to a read of a tenant. */
export function readTenant(tenant: Tenant): Answer<TenantResponse> {
  return new Answer(toTenantResponse(tenant), { etag: etagOf(tenant.id, tenant.revision) });
}

/** The answer to a change: the tenant as it is now, and where the change can be followed. */
export function acceptedChange({ tenant, operation }: TenantAndOperation): Answer<TenantResponse> {
  const headers = {
    etag: etagOf(tenant.id, tenant.revision),
    location: `/v1/operations/${operation.id}`,
    'retry-after': '1',
  };
  return new Answer(toTenantResponse(tenant), headers);
}

/** How the inventory of a tenant is answered. */
export function toTenantObjectsResponse(objects: TenantObject[]): TenantObjectsResponse {
  const items = objects.map(({ apiVersion, kind, namespace, name, uid, appliedAt }) => ({
    ...{ apiVersion, kind, name, uid, namespace: namespace === '' ? null : namespace },
    appliedAt: appliedAt.toISOString(),
  }));
  return { items, nextCursor: null };
}
