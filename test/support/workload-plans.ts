import { expect } from 'vitest';

import { type Bulkhead, newSlug } from './bulkhead.js';

/** A dedicated workload of a plan. */
export interface Workload {
  name: string;
  manifest: Record<string, unknown>;
}

/** Written as people write it, not as the API server stores it. */
export const appContainer = {
  name: 'app',
  image: 'registry.example/app:1',
  args: ['--tenant', '${tenant.id}'],
  env: [
    { name: 'PLAN', value: '${plan.id}' },
    { name: 'EMPTY', value: '' },
  ],
  ports: [{ containerPort: 8080 }],
  resources: { requests: { cpu: '0.1', memory: 64 * 1024 * 1024 }, limits: { cpu: '1000m', memory: '0.5Gi' } },
};
/** Workloads that together use every variable. */
export const workloads: readonly Workload[] = [
  {
    name: 'settings',
    manifest: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: '${tenant.slug}-settings',
        labels: { app: 'web' },
        annotations: { note: '${tenant.displayName}' },
      },
      data: { environment: '${environment.name} in ${environment.namespace}' },
    },
  },
  {
    name: 'data',
    manifest: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
    },
  },
  {
    name: 'service',
    manifest: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
  },
  {
    name: 'web',
    manifest: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [appContainer], volumes: [{ name: 'scratch', emptyDir: {} }], hostNetwork: false },
        },
      },
    },
  },
];

/** A Job that runs an image. */
export function job(image: string): Workload {
  const spec = { restartPolicy: 'Never', containers: [{ name: 'seed', image }] };
  const manifest = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'seed' }, spec: { template: { spec } } };
  return { name: 'seed', manifest };
}

const pod = {
  metadata: { labels: { app: 'db' } },
  spec: {
    serviceAccountName: 'default',
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, fsGroup: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    initContainers: [{ name: 'wait', image: 'registry.example/wait:1', command: ['sh', '-c', 'true'] }],
    containers: [
      {
        name: 'db',
        image: 'registry.example/db:1',
        ports: [
          { name: 'tcp', containerPort: 53 },
          { name: 'udp', containerPort: 53, protocol: 'UDP' },
        ],
        envFrom: [{ configMapRef: { name: 'settings' } }],
        env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
        readinessProbe: { httpGet: { path: '/ready', port: 'tcp' }, initialDelaySeconds: 0 },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, privileged: false },
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'settings', mountPath: '/settings', readOnly: false, subPath: '' },
        ],
      },
    ],
    tolerations: [{ key: 'node.kubernetes.io/pool', value: 'db' }],
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 1, podAffinityTerm: { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'db' } } } },
        ],
      },
    },
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
    volumes: [{ name: 'settings', projected: { sources: [{ configMap: { name: 'settings' } }] } }],
  },
};

/** One workload of each kind, with all kinds of lists, omitted defaults, and empty values. */
export const everyKind: readonly Workload[] = [
  job('registry.example/seed:1'),
  ...[
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', labels: {}, annotations: {} },
      immutable: false,
      data: { empty: '' },
      binaryData: { bytes: 'AAEC' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'db' },
      spec: {
        clusterIP: 'None',
        selector: { app: 'db' },
        publishNotReadyAddresses: false,
        ports: [
          { name: 'tcp', port: 53, targetPort: 'tcp' },
          { name: 'udp', port: 53, protocol: 'UDP', targetPort: 53 },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'shared' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1.5Gi' } }, storageClassName: '' },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'db-proxy' },
      spec: {
        replicas: 0,
        minReadySeconds: 0,
        paused: false,
        revisionHistoryLimit: 0,
        strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
        selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['db'] }] },
        template: {
          ...pod,
          spec: { ...pod.spec, volumes: [...pod.spec.volumes, { name: 'data', emptyDir: { sizeLimit: '1024Mi' } }] },
        },
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: {
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        template: pod,
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
          },
        ],
      },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'db' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' },
        maxReplicas: 3,
        metrics: [
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1000Mi' } } },
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
        ],
        behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } },
      },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'backup' },
      spec: {
        schedule: '0 3 * * *',
        suspend: false,
        jobTemplate: {
          spec: {
            template: {
              spec: {
                restartPolicy: 'OnFailure',
                containers: [{ name: 'backup', image: 'registry.example/backup:1' }],
              },
            },
          },
        },
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'db' },
      spec: { minAvailable: '50%', selector: { matchLabels: { app: 'db' } } },
    },
  ].map((manifest) => ({ name: manifest.kind.toLowerCase(), manifest })),
];

/** Creates a plan with these workloads, and returns its id. */
export async function newPlan(bulkhead: Bulkhead, list: readonly Workload[]): Promise<string> {
  const id = newSlug('plan');
  const quota = { cpu: '10', memory: '10Gi', storage: '20Gi', volumeClaims: 5 };
  const spec = { quota, environments: { max: 3 }, workloads: list };
  const { status, body } = await bulkhead.api.send('POST', '/v1/plans', { id, displayName: id, spec });
  expect(status, JSON.stringify(body)).toBe(201);
  return id;
}

/** Creates the plan's next version, with these workloads instead. */
export async function newVersion(bulkhead: Bulkhead, id: string, list: readonly Workload[]): Promise<void> {
  const { spec } = await bulkhead.api.get<{ spec: object }>(`/v1/plans/${id}`);
  const answer = await bulkhead.api.send('POST', `/v1/plans/${id}/versions`, { spec: { ...spec, workloads: list } });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
}
