import { afterAll, beforeAll, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { type OwnCluster, startOwnCluster } from '../support/own-cluster.js';

// A control plane of its own: what all tenants of a cluster share is taken away.
let own: OwnCluster;
let bulkhead: Bulkhead;
beforeAll(async () => {
  own = await startOwnCluster();
  bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig });
  await bulkhead.startWorker();
});
afterAll(async () => {
  await bulkhead.stop();
  await own.stop();
});

test('a wall that somebody takes down stands again within about half a minute', { timeout: 120_000 }, async () => {
  await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const binding = {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'bulkhead-tenant-objects' },
  };
  await own.cluster.objects.delete(binding);
  await expect(own.cluster.objects.read(binding)).rejects.toMatchObject({ code: 404 });
  const found = await eventually('it stands', async () => own.cluster.objects.read(binding), 90_000);
  expect(found.metadata?.labels).toEqual({ 'app.kubernetes.io/managed-by': 'bulkhead' });
});

test('policies of an earlier release go once those that replace them are in force', { timeout: 120_000 }, async () => {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const ofRelease = ['bulkhead-hosts', 'bulkhead-managed-objects'].flatMap((name) => [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['events'], operations: ['CREATE'] }],
        },
        validations: [{ expression: 'true' }],
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name, validationActions: ['Deny'] },
    },
  ]);
  for (const object of ofRelease) await own.cluster.objects.create(object);
  for (const object of ofRelease) {
    await eventually(
      `${object.kind} ${object.metadata.name} is gone`,
      () =>
        own.cluster.objects.read(object).then(
          () => false,
          (error: unknown) => (error as { code?: number }).code === 404,
        ),
      90_000,
    );
  }
});
