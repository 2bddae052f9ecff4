import { CoreV1Api, FlowcontrolApiserverV1Api, KubeConfig } from '@kubernetes/client-node';
import { beforeAll, expect, inject, test } from 'vitest';

import { newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { asBearer, asUser } from '../support/workloads.js';

const cluster = new Cluster();
const namespace = newSlug('flow');
let schemas: Map<string, string>;
beforeAll(async () => {
  await cluster.core.createNamespace({ body: { metadata: { name: namespace } } });
  const { items } = await cluster.client(FlowcontrolApiserverV1Api).listFlowSchema();
  schemas = new Map(items.map(({ metadata }) => [metadata?.uid ?? '', metadata?.name ?? '']));
});

/** The name of the schema by which the API server shared itself for a request, as its answer says. */
async function schemaOf(request: Promise<{ headers: Record<string, string> }>): Promise<string | undefined> {
  const { headers } = await request.catch((error: unknown) => error as { headers: Record<string, string> });
  return schemas.get(headers['x-kubernetes-pf-flowschema-uid'] ?? '');
}

test('people and accounts in a namespace share the API server apart from the worker and from administrators', async () => {
  const name = 'any';
  const { status } = await cluster.core.createNamespacedServiceAccountToken({
    namespace,
    name: 'default',
    body: { spec: { audiences: [] } },
  });
  const inNamespace = [asUser('alice@acme.example'), asBearer(status?.token ?? '')];
  for (const user of inNamespace) {
    expect(await schemaOf(user.readNamespacedConfigMapWithHttpInfo({ namespace, name }))).toBe('bulkhead-tenants');
    const written = user.createNamespacedConfigMapWithHttpInfo({ namespace, body: { metadata: { name } } });
    expect(await schemaOf(written)).toBe('bulkhead-tenants');
    expect(await schemaOf(user.listNodeWithHttpInfo())).not.toBe('bulkhead-tenants');
  }
  const config = new KubeConfig();
  config.loadFromFile(inject('workerKubeconfig'));
  const worker = config.makeApiClient(CoreV1Api);
  expect(await schemaOf(worker.listNamespaceWithHttpInfo())).toBe('bulkhead-worker');
  expect(await schemaOf(worker.listNamespacedPodWithHttpInfo({ namespace }))).toBe('bulkhead-worker');
  expect(await schemaOf(cluster.core.listNamespacedPodWithHttpInfo({ namespace }))).toBe('exempt');
});
