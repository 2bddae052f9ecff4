import { AppsV1Api, BatchV1Api, CoreV1Api, KubeConfig, type V1ObjectMeta } from '@kubernetes/client-node';
import { inject } from 'vitest';

const config = new KubeConfig();
config.loadFromFile(inject('adminKubeconfig'));
export const apps = config.makeApiClient(AppsV1Api);
const batch = config.makeApiClient(BatchV1Api);
const core = config.makeApiClient(CoreV1Api);

const labels = { app: 'web' };
const template = {
  metadata: { labels },
  // As required by the Pod Security Standard "restricted".
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'web',
        image: 'registry.example/web:1',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
};
const jobTemplate = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };

/** Creates one workload of every kind, as a tenant might have them, and a standalone pod. */
export async function makeWorkloads(namespace: string): Promise<void> {
  const metadata = (name: string): V1ObjectMeta => ({ name });
  const selector = { matchLabels: labels };
  await apps.createNamespacedDeployment({
    namespace,
    body: { metadata: metadata('web'), spec: { replicas: 3, selector, template } },
  });
  await apps.createNamespacedDeployment({
    namespace,
    body: { metadata: metadata('idle'), spec: { replicas: 0, selector, template } },
  });
  await apps.createNamespacedStatefulSet({
    namespace,
    body: {
      metadata: metadata('db'),
      spec: {
        replicas: 2,
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' },
        template: { ...template, metadata: { labels: { app: 'db' } } },
        podManagementPolicy: 'Parallel',
        volumeClaimTemplates: [
          {
            metadata: metadata('data'),
            spec: {
              accessModes: ['ReadWriteOnce'],
              resources: { requests: { storage: '1Mi' } },
              storageClassName: 'standard',
            },
          },
        ],
      },
    },
  });
  await apps.createNamespacedDaemonSet({
    namespace,
    body: { metadata: metadata('agent'), spec: { selector, template } },
  });
  await apps.createNamespacedReplicaSet({
    namespace,
    body: { metadata: metadata('lone'), spec: { replicas: 1, selector, template } },
  });
  await core.createNamespacedReplicationController({
    namespace,
    body: {
      metadata: metadata('old'),
      spec: { replicas: 1, selector: { app: 'old' }, template: { ...template, metadata: { labels: { app: 'old' } } } },
    },
  });
  await batch.createNamespacedCronJob({
    namespace,
    body: {
      metadata: metadata('nightly'),
      spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: jobTemplate } } },
    },
  });
  await batch.createNamespacedJob({
    namespace,
    body: { metadata: metadata('import'), spec: { template: jobTemplate } },
  });
  await batch.createNamespacedJob({
    namespace,
    body: { metadata: metadata('waiting'), spec: { suspend: true, template: jobTemplate } },
  });
  await core.createNamespacedPod({ namespace, body: { metadata: metadata('debug'), spec: template.spec } });
}

/**
 * Creates Deployments with 1, 2, 3, … replicas that start no pods: each is paused, so that its controller ignores it.
 */
export async function makeDeployments(namespace: string, count: number): Promise<void> {
  const selector = { matchLabels: labels };
  for (let replicas = 1; replicas <= count; replicas += 1) {
    const spec = { replicas, selector, template, paused: true };
    await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: `web-${replicas}` }, spec } });
  }
}

/** Returns the `spec` of every workload without an owner. */
export async function specs(namespace: string): Promise<Record<string, unknown>> {
  const lists: [string, { items: { metadata?: V1ObjectMeta; spec?: unknown }[] }][] = [
    ['Deployment', await apps.listNamespacedDeployment({ namespace })],
    ['StatefulSet', await apps.listNamespacedStatefulSet({ namespace })],
    ['DaemonSet', await apps.listNamespacedDaemonSet({ namespace })],
    ['ReplicaSet', await apps.listNamespacedReplicaSet({ namespace })],
    ['ReplicationController', await core.listNamespacedReplicationController({ namespace })],
    ['CronJob', await batch.listNamespacedCronJob({ namespace })],
    ['Job', await batch.listNamespacedJob({ namespace })],
  ];
  return Object.fromEntries(
    lists.flatMap(([kind, { items }]) =>
      items
        .filter(({ metadata }) => metadata?.ownerReferences === undefined)
        .map(({ metadata, spec }) => [`${kind}/${metadata?.name ?? ''}`, spec]),
    ),
  );
}

/** Returns a client of the API server with a token. */
export function asBearer(token: string): CoreV1Api {
  const server = config.getCurrentCluster();
  if (server === null) throw new Error('the kubeconfig names no cluster');
  const own = new KubeConfig();
  own.loadFromClusterAndUser(server, { name: 'bearer', token });
  return own.makeApiClient(CoreV1Api);
}

/** Returns a client of the API server as a user. */
export function asUser(user: string): CoreV1Api {
  const own = new KubeConfig();
  own.loadFromFile(inject('adminKubeconfig'));
  for (const each of own.users) Object.assign(each, { impersonateUser: user });
  return own.makeApiClient(CoreV1Api);
}
