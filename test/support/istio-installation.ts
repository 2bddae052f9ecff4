import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import {
  AdmissionregistrationV1Api,
  type KubernetesObject,
  type V1MutatingWebhook,
  type V1ValidatingWebhook,
} from '@kubernetes/client-node';
import { parseAllDocuments, stringify } from 'yaml';

import { istioBinary } from '../../dev/go-binaries.mjs';
import { type OwnCluster } from './own-cluster.js';

const run = promisify(execFile);

/** The namespace of Istio's control plane in a real cluster. */
export const MESH_NAMESPACE = 'istio-system';

/** The kinds that istiod reads; its own Deployment, roles and Service are not needed for a process. */
const kinds = ['ServiceAccount', 'ConfigMap', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/** Settings that a cluster with tenants needs in addition to Istio's defaults. */
const tenancy = {
  defaultVirtualServiceExportTo: ['.'],
  defaultDestinationRuleExportTo: ['.'],
  outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
};

/**
 * Installs everything that Istio's own installer would, except what runs istiod.
 * @param webhooks the address of istiod's webhooks, instead of a Service
 */
export async function installIstio(
  { cluster }: OwnCluster,
  { dir, webhooks, meshConfig }: { dir: string; webhooks: string; meshConfig: object },
): Promise<void> {
  await cluster.core.createNamespace({ body: { metadata: { name: MESH_NAMESPACE } } });
  for (const object of await manifests(dir, meshConfig)) {
    if (!kinds.includes(object.kind ?? '')) continue;
    for (const { clientConfig } of (object as { webhooks?: Webhook[] }).webhooks ?? []) {
      const { service } = clientConfig;
      delete clientConfig.service;
      clientConfig.url = webhooks + (service?.path ?? '');
    }
    await cluster.objects.create(object);
  }
}

/** Reports whether istiod has added its certificate to all its webhooks, and made the validating ones binding. */
export async function areWebhooksInForce({ cluster }: OwnCluster): Promise<boolean> {
  const api = cluster.client(AdmissionregistrationV1Api);
  const mutating = await api.listMutatingWebhookConfiguration({ labelSelector: 'app=sidecar-injector' });
  const validating = await api.listValidatingWebhookConfiguration({ labelSelector: 'app=istiod' });
  const all = [...mutating.items, ...validating.items].flatMap<Webhook>((each) => each.webhooks ?? []);
  return all.every(({ clientConfig, failurePolicy }) => clientConfig.caBundle && failurePolicy === 'Fail');
}

type Webhook = V1MutatingWebhook | V1ValidatingWebhook;

/** Returns exactly what `istioctl install` would apply. */
async function manifests(dir: string, meshConfig: object): Promise<KubernetesObject[]> {
  const values = {
    // Installs the webhook that validates objects without a revision, as `istioctl install` does.
    defaultRevision: 'default',
    global: { proxy: { seccompProfile: { type: 'RuntimeDefault' } } },
  };
  // Without its CNI plugin, Istio adds containers to pods that "restricted" forbids.
  const components = { cni: { enabled: true } };
  const release = { hub: 'docker.io/istio', tag: '1.31.1' };
  const spec = { ...release, profile: 'minimal', components, meshConfig: { ...tenancy, ...meshConfig }, values };
  const file = path.join(dir, 'installation.yaml');
  writeFileSync(file, stringify({ apiVersion: 'install.istio.io/v1alpha1', kind: 'IstioOperator', spec }));
  const { stdout } = await run(await istioBinary('istioctl'), ['manifest', 'generate', '--filename', file], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}
