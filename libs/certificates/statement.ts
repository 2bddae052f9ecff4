import { z } from 'zod';

const resource = z.strictObject({
  group: z.string().describe('Empty for the core group.'),
  version: z.string(),
  resource: z.string().describe('Plural name.'),
});

/**
 * What a deletion certificate says. Signed word for word, so a member is never renamed or given another meaning;
 * a new form gets a new `version`.
 */
export const deletionStatement = z.strictObject({
  type: z.literal('bulkhead.io/deletion-certificate'),
  version: z.literal(1),
  tenant: z.strictObject({
    id: z.string(),
    slug: z.string(),
    externalId: z.string().nullable().describe('Id in the billing system.'),
    plan: z.strictObject({ id: z.string(), version: z.int() }),
  }),
  deletion: z.strictObject({
    operationId: z.string().nullable(),
    requestedAt: z.iso.datetime(),
    requestedBy: z.string().describe('Id of the API key or person that asked.'),
    startedAt: z.iso.datetime().describe('When the retention was over.'),
    finishedAt: z.iso.datetime().describe("The database's clock."),
  }),
  namespaces: z.array(
    z.strictObject({
      environment: z.string(),
      name: z.string(),
      uid: z.string().nullable().describe('Null: never made.'),
      ownedBySomebodyElse: z.boolean().describe('A namespace of this name stands and never was the tenant’s.'),
    }),
  ),
  removed: z.strictObject({
    count: z.int(),
    byKind: z.record(z.string(), z.int()).describe('`apiVersion/Kind` and how many.'),
    objects: z.array(
      z.strictObject({
        apiVersion: z.string(),
        kind: z.string(),
        namespace: z.string().describe('Empty for objects of the cluster.'),
        name: z.string(),
        uid: z.string(),
      }),
    ),
    workloads: z.array(z.string()).describe('Collections that were emptied, `apiVersion/Kind/namespace/*`.'),
  }),
  sweep: z.strictObject({
    cluster: z.string(),
    apiServerVersion: z.string(),
    labelSelector: z.string(),
    resources: z.array(resource.extend({ found: z.literal(0) })).describe('Everything that was searched.'),
    notLookedAt: z.array(resource.extend({ reason: z.string() })).describe('What the API server refused to list.'),
  }),
});
export type DeletionStatement = z.output<typeof deletionStatement>;

/** A deletion certificate as the API gives it: the statement to read, and the same one signed. */
export const deletionCertificate = z.strictObject({
  statement: deletionStatement,
  keyId: z.string().describe('RFC 7638 thumbprint of the key.'),
  jws: z.string().describe('JWS (RFC 7515) in compact form, EdDSA over Ed25519; its payload is the statement.'),
});
export type DeletionCertificate = z.output<typeof deletionCertificate>;
