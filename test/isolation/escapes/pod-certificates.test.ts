import { afterAll, beforeAll, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { type OwnCluster, startOwnCluster } from '../../support/own-cluster.js';
import { Adversary } from './adversary.js';
import { type Json, makers } from './makers.js';

let own: OwnCluster;
let bulkhead: Bulkhead;

beforeAll(async () => {
  // Without the feature the API server drops the field.
  own = await startOwnCluster([
    '--feature-gates=PodCertificateRequest=true',
    '--runtime-config=certificates.k8s.io/v1beta1=true',
  ]);
  bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig });
  await bulkhead.startWorker();
});
afterAll(async () => {
  await bulkhead.stop();
  await own.stop();
});

test('a pod cannot request a certificate of any signer', async () => {
  const slug = newSlug();
  const { tenant } = await bulkhead.api.change('POST', '/v1/tenants', { slug, plan: 'team' });
  const namespace = `tn-${slug}`;
  const mallory = new Adversary('mallory@acme.example', undefined, own.plane.adminKubeconfig);
  await mallory.become(own.cluster, namespace);
  const { pod } = makers({ namespace, tenantId: tenant.id, host: '' });
  const attempt = (source: Json): Promise<string> =>
    mallory.create(pod({ volumes: [{ name: 'p', projected: { sources: [source] } }] }));
  const certificate = { signerName: 'kubernetes.io/kube-apiserver-client-pod', keyType: 'ED25519' };
  expect(await attempt({ configMap: { name: 'settings' } })).toBe('admitted');
  expect(await attempt({ podCertificate: { ...certificate, credentialBundlePath: 'bundle' } })).toContain(
    'must not request certificates',
  );
});
