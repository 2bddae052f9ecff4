import { readFileSync } from 'node:fs';

import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { expect, inject, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { rightsOf } from '../support/worker-rights.js';

interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
}

interface Manifest {
  kind: string;
  metadata: { name: string };
  rules?: Rule[];
  spec?: { matchConstraints: { resourceRules: Rule[] } };
}

function asProver(): CoreV1Api {
  const config = new KubeConfig();
  config.loadFromFile(inject('workerKubeconfig'));
  for (const user of config.users) {
    Object.assign(user, { impersonateUser: 'system:serviceaccount:bulkhead-system:bulkhead-prover' });
  }
  return config.makeApiClient(CoreV1Api);
}

test('the prover may only try, and only in namespaces of tenants', async () => {
  const tried = 'create patch delete deletecollection';
  expect(rightsOf('ClusterRole', 'bulkhead-prover')).toEqual([
    'apps/deployments: create',
    `configmaps: ${tried}`,
    'discovery.k8s.io/endpointslices: create',
    `endpoints: ${tried}`,
    'gateway.networking.k8s.io/httproutes: create',
    'gateway.networking.k8s.io/referencegrants: create',
    `limitranges: ${tried}`,
    'namespaces: create patch delete',
    'networking.istio.io/envoyfilters: create',
    'networking.istio.io/sidecars: create',
    'networking.istio.io/virtualservices: create',
    `networking.k8s.io/ingresses: ${tried}`,
    `networking.k8s.io/networkpolicies: ${tried}`,
    `persistentvolumeclaims: ${tried}`,
    `pods: ${tried}`,
    'pods: get',
    'policy.linkerd.io/egressnetworks: create',
    'policy.linkerd.io/meshtlsauthentications: create',
    'rbac.authorization.k8s.io/clusterroles (named): bind',
    `rbac.authorization.k8s.io/rolebindings: ${tried}`,
    `rbac.authorization.k8s.io/roles: ${tried}`,
    `resourcequotas: ${tried}`,
    `secrets: ${tried}`,
    'security.istio.io/authorizationpolicies: create',
    'security.istio.io/peerauthentications: create',
    `serviceaccounts: ${tried}`,
    `services: ${tried}`,
  ]);
  const prover = asProver();
  const admin = new Cluster();
  const namespace = newSlug('tn-prover');
  await admin.core.createNamespace({ body: { metadata: { name: namespace } } });
  const body = { metadata: { name: 'bulkhead-proof' } };
  const dryRun = 'All';
  await prover.createNamespacedConfigMap({ namespace, body, dryRun });
  // Two policies refuse namespaces; the API server tells about either.
  const refusal = { body: expect.stringContaining('The prover may') as string };
  await expect(prover.createNamespacedConfigMap({ namespace, body })).rejects.toMatchObject(refusal);
  await expect(prover.createNamespacedConfigMap({ namespace: 'default', body, dryRun })).rejects.toMatchObject(refusal);
  await expect(prover.deleteNamespace({ name: 'bulkhead-system', dryRun })).rejects.toMatchObject(refusal);
  await expect(prover.createNamespace({ body, dryRun })).rejects.toMatchObject(refusal);
  await expect(prover.listNamespacedSecret({ namespace })).rejects.toMatchObject({ code: 403 });
  await expect(
    prover.createNamespacedServiceAccountToken({
      namespace,
      name: 'default',
      body: { spec: { audiences: [] } },
      dryRun,
    }),
  ).rejects.toMatchObject({ code: 403 });
  await admin.core.deleteNamespace({ name: namespace });
});

test('the prover may only try in a namespace of a tenant too, and on the namespace itself', async () => {
  const bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
  const namespace = `tn-${tenant.slug}`;
  const prover = asProver();
  const body = { metadata: { name: 'bulkhead-proof' } };
  const says = (policy: string): object => ({ code: 403, body: expect.stringContaining(policy) as string });
  await prover.createNamespacedConfigMap({ namespace, body, dryRun: 'All' });
  await expect(prover.createNamespacedConfigMap({ namespace, body })).rejects.toMatchObject(
    says('The prover may send dry runs only.'),
  );
  await expect(prover.deleteNamespace({ name: namespace })).rejects.toMatchObject(says('bulkhead-namespaces'));
  await bulkhead.stop();
});

test('the policy about the prover is about the kinds that its role is about', () => {
  const documents = parseAllDocuments(readFileSync('deploy/worker-rbac.yaml', 'utf8')).map(
    (document) => document.toJS() as Manifest,
  );
  const named = (kind: string): Manifest | undefined =>
    documents.find((each) => each.kind === kind && each.metadata.name === 'bulkhead-prover');
  const kindsOf = (rules: readonly Rule[]): string[] =>
    [
      ...new Set(rules.flatMap(({ apiGroups, resources }) => resources.map((name) => `${apiGroups.join()}/${name}`))),
    ].sort();
  // The named ClusterRoles can only be bound.
  const written = named('ClusterRole')?.rules?.filter(({ resourceNames }) => resourceNames === undefined) ?? [];
  expect(kindsOf(written).length).toBeGreaterThan(20);
  expect(kindsOf(named('ValidatingAdmissionPolicy')?.spec?.matchConstraints.resourceRules ?? [])).toEqual(
    kindsOf(written),
  );
});
