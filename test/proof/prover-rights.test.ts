import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { expect, inject, test } from 'vitest';

import { newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { rightsOf } from '../support/worker-rights.js';

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
  const config = new KubeConfig();
  config.loadFromFile(inject('workerKubeconfig'));
  for (const user of config.users) {
    Object.assign(user, { impersonateUser: 'system:serviceaccount:bulkhead-system:bulkhead-prover' });
  }
  const prover = config.makeApiClient(CoreV1Api);
  const admin = new Cluster();
  const namespace = newSlug('tn-prover');
  await admin.core.createNamespace({ body: { metadata: { name: namespace } } });
  const body = { metadata: { name: 'bulkhead-proof' } };
  const dryRun = 'All';
  await prover.createNamespacedConfigMap({ namespace, body, dryRun });
  const refusal = { code: 422, body: expect.stringContaining('bulkhead-prover') as string };
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
