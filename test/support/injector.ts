import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { AdmissionregistrationV1Api } from '@kubernetes/client-node';

import { type Cluster } from './cluster.js';
import { type SentPod } from './injected-pods.js';
import { selfSigned } from './self-signed.js';

interface Review {
  request: { uid: string; namespace: string; object: SentPod };
}

/** A mutating webhook like the injectors of meshes: the API server calls it for each new pod of selected namespaces. */
export interface Injector {
  stop: () => Promise<void>;
}

/**
 * Starts a webhook and registers it for pods of the given namespaces.
 * @param inject returns the modified pod, or the pod itself if nothing is injected
 */
export async function startInjector(
  cluster: Cluster,
  namespaces: readonly string[],
  inject: (pod: SentPod, namespace: string) => SentPod,
): Promise<Injector> {
  const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-injector-'));
  const { key, cert } = await selfSigned(dir);
  const server = createServer({ key, cert }, (request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { request: asked } = JSON.parse(text) as Review;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer(asked, inject(asked.object, asked.namespace))));
    });
  });
  // The API server reuses its connections, and one that is closed during a request would refuse a pod.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const caBundle = Buffer.from(cert).toString('base64');
  const admission = cluster.client(AdmissionregistrationV1Api);
  const name = `injector-${port}`;
  await admission.createMutatingWebhookConfiguration({
    body: {
      metadata: { name },
      webhooks: [
        {
          name: 'injector.bulkhead.test',
          admissionReviewVersions: ['v1'],
          clientConfig: { url: `https://127.0.0.1:${port}/inject`, caBundle },
          failurePolicy: 'Fail',
          sideEffects: 'None',
          namespaceSelector: {
            matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [...namespaces] }],
          },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
      ],
    },
  });
  return {
    stop: async () => {
      await admission.deleteMutatingWebhookConfiguration({ name });
      server.closeAllConnections();
      server.close();
      rmSync(dir, { recursive: true });
    },
  };
}

function answer({ uid, object }: Review['request'], injected: SentPod): object {
  const patch = [
    { op: 'replace', path: '/spec', value: injected.spec },
    { op: 'add', path: '/metadata/labels', value: injected.metadata?.labels ?? {} },
    { op: 'add', path: '/metadata/annotations', value: injected.metadata?.annotations ?? {} },
  ];
  const response = {
    uid,
    allowed: true,
    ...(injected !== object && {
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
    }),
  };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}
