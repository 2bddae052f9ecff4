import { z } from 'zod';

const resource = z.strictObject({
  group: z.string().describe('Empty for the core group.'),
  version: z.string(),
  resource: z.string().describe('Plural name.'),
});

/**
 * The statement of a deletion certificate. Signed verbatim: never rename a field or change its meaning; a new form gets
 * a new `version`.
 */
export const deletionStatement = z
  .strictObject({
    type: z.literal('bulkhead.io/deletion-certificate'),
    version: z.union([z.literal(1), z.literal(2)]).describe('2 adds `removed.forced`.'),
    tenant: z.strictObject({
      id: z.string(),
      slug: z.string(),
      externalId: z.string().nullable().describe('External id of the tenant, e.g. in the billing system.'),
      plan: z.strictObject({ id: z.string(), version: z.int() }),
    }),
    deletion: z.strictObject({
      operationId: z.string().nullable(),
      requestedAt: z.iso.datetime(),
      requestedBy: z.string().describe('Id of the API key or person that requested the deletion.'),
      startedAt: z.iso.datetime().describe('When the retention ended.'),
      finishedAt: z.iso.datetime().describe('Time by the clock of the database.'),
    }),
    namespaces: z.array(
      z.strictObject({
        environment: z.string(),
        name: z.string(),
        uid: z.string().nullable().describe('Null if the namespace was never created.'),
        ownedBySomebodyElse: z
          .boolean()
          .describe('Whether a namespace of this name exists that never belonged to the tenant.'),
      }),
    ),
    removed: z.strictObject({
      count: z.int(),
      byKind: z.record(z.string(), z.int()).describe('Number of objects by `apiVersion/Kind`.'),
      objects: z.array(
        z.strictObject({
          apiVersion: z.string(),
          kind: z.string(),
          namespace: z.string().describe('Empty for cluster-scoped objects.'),
          name: z.string(),
          uid: z.string(),
        }),
      ),
      workloads: z.array(z.string()).describe('Collections that were emptied, `apiVersion/Kind/namespace/*`.'),
      forced: z
        .array(z.string())
        .optional()
        .describe(
          'Pods that did not end in time and were removed by force, `v1/Pod/namespace/name`; absent in version 1. ' +
            'A process of such a pod may have run on until its node answered again.',
        ),
    }),
    sweep: z.strictObject({
      cluster: z.string(),
      apiServerVersion: z.string(),
      labelSelector: z.string(),
      resources: z.array(resource.extend({ found: z.literal(0) })).describe('Resources that were searched.'),
      notLookedAt: z
        .array(resource.extend({ reason: z.string() }))
        .describe('Resources that the API server refused to list.'),
    }),
  })
  .meta({ id: 'DeletionStatement' });
export type DeletionStatement = z.output<typeof deletionStatement>;

/** A deletion certificate as returned by the API: readable statement and signature. */
export const deletionCertificate = z
  .strictObject({
    statement: deletionStatement,
    keyId: z.string().describe('RFC 7638 thumbprint of the signing key.'),
    jws: z.string().describe('Compact JWS (RFC 7515), EdDSA with Ed25519; its payload is the statement.'),
  })
  .meta({ id: 'DeletionCertificate' });
export type DeletionCertificate = z.output<typeof deletionCertificate>;
