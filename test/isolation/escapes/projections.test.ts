import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';

import { ensureSharedObjects } from '#clusters';
import { DEFAULT_PROVISIONER, renderNamespace } from '#isolation';
import { KubeClient, loadCredentials } from '#kube';
import { type KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type OwnCluster, startOwnCluster } from '../../support/own-cluster.js';
import { meshCluster } from '../meshes.js';
import { planWith, tenant } from '../tenants.js';
import { Adversary } from './adversary.js';
import { type Json } from './makers.js';

// A control plane of its own: these sources of volumes are behind feature gates.
const gates = ['ClusterTrustBundle', 'ClusterTrustBundleProjection', 'PodCertificateRequest'];
const audiences = { tokenAudiences: ['vault'] };
const plain = tenant('plain', planWith(audiences));
const meshed = {
  ...tenant('meshed', planWith(audiences)),
  cluster: meshCluster('istio-sidecar', { requiresProxies: false }),
};
const namespace = 'tn-plain';

let own: OwnCluster;
let kube: KubeClient;
let mallory: Adversary;
beforeAll(async () => {
  own = await startOwnCluster([
    `--feature-gates=${gates.map((gate) => `${gate}=true`).join(',')}`,
    '--runtime-config=certificates.k8s.io/v1beta1=true',
  ]);
  kube = new KubeClient(loadCredentials(own.workerKubeconfig));
  const mesh = meshed.cluster.mesh ?? null;
  await ensureSharedObjects(kube, { provisioner: DEFAULT_PROVISIONER, mutates: true, mesh });
  mallory = new Adversary('mallory@acme.example', undefined, own.plane.adminKubeconfig);
  for (const each of [plain, meshed]) {
    for (const environment of each.environments) await kube.apply(renderNamespace(each, environment));
    await mallory.become(own.cluster, `tn-${each.slug}`);
  }
});
afterAll(async () => {
  await kube.close();
  await own.stop();
});

function podWith(source: Json, volume = 'projected', where = namespace): KubernetesObject & { spec: Json } {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const user = { runAsUser: 1000, runAsGroup: 1000 };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'escape', namespace: where },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, ...user },
      automountServiceAccountToken: false,
      containers: [{ name: 'a', image: 'registry.example/a:1', securityContext }],
      volumes: [{ name: volume, projected: { sources: [source] } }],
    },
  };
}

const podCertificate = {
  podCertificate: { signerName: 'row-major.net/spiffe', keyType: 'ED25519', credentialBundlePath: 'bundle.pem' },
};
const trustBundle = { clusterTrustBundle: { name: 'roots', path: 'roots.pem' } };

test('pods cannot have certificates of a signer of the cluster, nor objects from outside of their namespace', async () => {
  const allowed = [
    { configMap: { name: 'a' } },
    { secret: { name: 'a' } },
    { downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } },
    { serviceAccountToken: { path: 'a', audience: 'vault' } },
  ];
  for (const source of allowed) expect(await mallory.create(podWith(source))).toBe('admitted');
  for (const source of [podCertificate, trustBundle]) {
    expect(await mallory.create(podWith(source))).toContain('Projected volumes can have these sources only');
    // Nor by an account of the cluster, such as the controller of ReplicaSets, which makes pods of what tenants wrote.
    const controller = new Adversary(
      'system:serviceaccount:kube-system:replicaset-controller',
      undefined,
      own.plane.adminKubeconfig,
    );
    expect(await controller.create(podWith(source))).toMatch(/these sources only|cannot create resource/);
  }
});

test('the injector of a mesh gives its proxy the roots of the mesh, where there is a mesh', async () => {
  expect(await mallory.create(podWith(trustBundle, 'istiod-ca-cert', 'tn-meshed'))).not.toContain('these sources only');
  expect(await mallory.create(podWith(trustBundle, 'istiod-ca-cert'))).toContain('these sources only');
  expect(await mallory.create(podWith(podCertificate, 'istiod-ca-cert', 'tn-meshed'))).toContain('these sources only');
});

test('nobody can ask a signer of the cluster for the certificate of a pod', async () => {
  const podUID = randomUUID();
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const spec = {
    signerName: 'row-major.net/spiffe',
    podName: 'escape',
    podUID,
    serviceAccountName: 'default',
    serviceAccountUID: randomUUID(),
    nodeName: 'node-1',
    nodeUID: randomUUID(),
    pkixPublicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    proofOfPossession: sign(null, Buffer.from(podUID), privateKey).toString('base64'),
  };
  const request = {
    apiVersion: 'certificates.k8s.io/v1beta1',
    kind: 'PodCertificateRequest',
    metadata: { name: 'escape', namespace },
    spec,
  };
  expect(await mallory.create(request as KubernetesObject)).toContain('cannot write this kind');
});
