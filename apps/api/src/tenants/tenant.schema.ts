import { environmentNameSchema, planIdSchema, planVersionSchema, readableText, slugSchema } from '#plans';
import {
  conditionTypes,
  type NewTenant,
  type PlanReference,
  type Tenant,
  type TenantAndOperation,
  type TenantChange,
  type PutTenant,
  type TenantObject,
  tenantPhases,
  type WantedTenant,
} from '#tenancy';
import { z } from 'zod';

import { acceptedAnswer, Answer, etagOf } from '../http/answer.js';
import { holdResponse, toHoldResponse } from '../holds/hold.schema.js';
import { pageSchema } from '../http/paging.js';
import { EXAMPLE_IDS } from '../http/resource-id.js';
import { atMost64, labelKey, labelValue } from './label.schema.js';
import { member, members } from './member.schema.js';

const displayName = readableText(200).describe('Name for humans.');
export const externalId = readableText(200).describe(
  'Your own id of the customer, e.g. from your billing system. Unique.',
);

const planReference = z
  .union([
    planIdSchema.meta({ title: 'Latest version of a plan' }),
    z.strictObject({ id: planIdSchema, version: planVersionSchema.optional() }).meta({ title: 'Plan at a version' }),
  ])
  .meta({ id: 'PlanReference', description: 'A plan id for its latest version, or `{"id", "version"}`.' });

const environments = z
  .array(environmentNameSchema)
  .min(1)
  .max(50)
  .refine((names) => new Set(names).size === names.length, 'The names must be unique.');

export const createTenantRequest = z
  .strictObject({
    slug: slugSchema.describe('Part of the namespace names. Can be reused once the tenant is deleted.'),
    displayName: displayName.optional().describe('Name for humans; by default the slug.'),
    externalId: externalId.nullable().default(null),
    plan: planReference,
    environments: environments
      .optional()
      .describe('One namespace is created per environment. By default those of the plan.'),
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

/** A tenant as its caller wants it: what is absent is that of a new tenant, or stays as it is. */
export const putTenantRequest = z
  .strictObject({
    slug: slugSchema.optional().describe('Required to create the tenant. That of an existing one must be the same.'),
    displayName: displayName.optional().describe('Name for humans; by default the slug, or what it is.'),
    plan: planReference,
    environments: environments
      .optional()
      .describe('Those of a new tenant, by default those of the plan. An existing one must have the same.'),
    members: members.optional().describe('The complete list; by default none, or what it is.'),
    labels: z
      .record(labelKey, labelValue)
      .refine(atMost64, 'At most 64 labels.')
      .optional()
      .describe('All labels; by default none, or what they are.'),
  })
  .meta({ examples: [{ slug: 'acme', displayName: 'Acme GmbH', plan: 'team', labels: { region: 'eu' } }] });

/** JSON Merge Patch (RFC 7396): absent fields stay unchanged, null clears. */
export const updateTenantRequest = z
  .strictObject({
    displayName: displayName.optional(),
    externalId: externalId.nullable().optional(),
    plan: planReference.optional(),
    members: members.nullable().optional().describe('The complete list; null removes all members.'),
    labels: z
      .record(labelKey, labelValue.nullable())
      .refine(atMost64, 'At most 64 labels.')
      .optional()
      .describe('Merged by key; null removes a label.'),
  })
  .meta({ examples: [{ plan: 'regulated' }] });

const conditionSchema = z
  .strictObject({
    type: z.enum(conditionTypes),
    status: z.enum(['True', 'False', 'Unknown']),
    reason: z.string(),
    message: z.string(),
    observedGeneration: z.int(),
    lastTransitionTime: z.iso.datetime(),
  })
  .meta({ id: 'Condition' });

const tenantExample = {
  id: EXAMPLE_IDS.tenant,
  slug: 'acme',
  displayName: 'Acme GmbH',
  externalId: 'cus_123',
  plan: { id: 'team', version: 1 },
  phase: 'active',
  generation: 1,
  observedGeneration: 1,
  namespaces: [{ environment: 'main', name: 'tn-acme' }],
  members: [{ kind: 'User', name: 'alice@acme.example', role: 'tenant-admin' }],
  holds: [],
  conditions: [],
  labels: { region: 'eu' },
  deletionScheduledAt: null,
  deletesAt: null,
  deletionSuspends: false,
  createdAt: '2026-11-24T09:30:00Z',
  updatedAt: '2026-11-24T09:30:04Z',
};

export const tenantResponse = z
  .strictObject({
    id: z.string().describe('Immutable.'),
    slug: z.string(),
    displayName: z.string(),
    externalId: z.string().nullable(),
    plan: z.strictObject({ id: z.string(), version: z.int() }),
    phase: z.enum(tenantPhases),
    generation: z.int().describe('Raised by every change.'),
    observedGeneration: z.int().describe('The latest generation that the cluster was found to match.'),
    namespaces: z.array(z.strictObject({ environment: z.string(), name: z.string() })),
    members: z.array(member),
    holds: z.array(holdResponse).describe('Holds in force, oldest first.'),
    conditions: z.array(conditionSchema),
    labels: z.record(z.string(), z.string()),
    deletionScheduledAt: z.iso.datetime().nullable().describe('When the deletion was requested.'),
    deletesAt: z.iso.datetime().nullable().describe('When the deletion begins; until then it can be cancelled.'),
    deletionSuspends: z.boolean().describe('Whether the tenant is suspended until its scheduled deletion begins.'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Tenant', examples: [tenantExample] });
export type TenantResponse = z.output<typeof tenantResponse>;

export const tenantPage = z
  .strictObject({
    ...pageSchema(tenantResponse).shape,
    total: z.int().optional().describe('Tenants of all pages; present with `count=true`.'),
  })
  .meta({ id: 'TenantPage' });

export const tenantObjectsResponse = z
  .strictObject({
    items: z.array(
      z.strictObject({
        apiVersion: z.string(),
        kind: z.string(),
        namespace: z.string().nullable().describe('Null for cluster-scoped objects.'),
        name: z.string(),
        uid: z.string(),
        appliedAt: z.iso.datetime(),
      }),
    ),
    nextCursor: z.null().describe('Always null: the list is not paginated.'),
  })
  .meta({ id: 'TenantObjectList' });
export type TenantObjectsResponse = z.output<typeof tenantObjectsResponse>;

/**
 * Maps a request to the domain. Request schemas contain no transformations, so that they can be documented as JSON
 * Schema.
 */
export function toNewTenant(body: z.output<typeof createTenantRequest>): NewTenant {
  return { ...body, displayName: body.displayName ?? body.slug, plan: toPlanReference(body.plan) };
}

/** Like `toNewTenant`, for a tenant that may exist. */
export function toWantedTenant(body: z.output<typeof putTenantRequest>): WantedTenant {
  return { ...body, plan: toPlanReference(body.plan) };
}

/** Like `toNewTenant`, for a merge patch. */
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

/** Maps a tenant to its response. */
export function toTenantResponse(tenant: Tenant): TenantResponse {
  const { id, slug, displayName, externalId, phase, generation, observedGeneration, members, conditions, labels } =
    tenant;
  const holds = [...tenant.holds].sort((a, b) => (a.id < b.id ? -1 : 1));
  const environments = [...tenant.environments].sort((a, b) => a.position - b.position);
  return {
    id,
    slug,
    displayName,
    externalId,
    plan: { id: tenant.planId, version: tenant.planVersion },
    phase,
    generation,
    observedGeneration,
    members,
    holds: holds.map(toHoldResponse),
    conditions,
    labels,
    namespaces: environments.map(({ name, namespace }) => ({ environment: name, name: namespace })),
    deletionScheduledAt: tenant.deletionScheduledAt?.toISOString() ?? null,
    deletesAt: tenant.deletesAt?.toISOString() ?? null,
    deletionSuspends: tenant.deletesAt !== null && tenant.deletionSuspends,
    createdAt: tenant.createdAt.toISOString(),
    updatedAt: tenant.updatedAt.toISOString(),
  };
}

/** Answers a read of a tenant with its ETag. */
export function readTenant(tenant: Tenant): Answer<TenantResponse> {
  const body = toTenantResponse(tenant);
  return new Answer(body, { etag: etagOf(tenant.id, tenant.generation, body) });
}

/** Answers a change with the current tenant and the location of its operation. */
export function acceptedChange({ tenant, operation }: TenantAndOperation): Answer<TenantResponse> {
  const { body, headers } = readTenant(tenant);
  return acceptedAnswer(body, operation, headers);
}

/** Answers a tenant that was put: 200 if it was like that already. */
export function acceptedPut({ tenant, operation }: PutTenant): Answer<TenantResponse> {
  if (operation !== null) return acceptedChange({ tenant, operation });
  const { body, headers } = readTenant(tenant);
  return new Answer(body, headers, 200);
}

/** Maps the inventory of a tenant to its response. */
export function toTenantObjectsResponse(objects: TenantObject[]): TenantObjectsResponse {
  const items = objects.map(({ apiVersion, kind, namespace, name, uid, appliedAt }) => ({
    apiVersion,
    kind,
    name,
    uid,
    namespace: namespace === '' ? null : namespace,
    appliedAt: appliedAt.toISOString(),
  }));
  return { items, nextCursor: null };
}
