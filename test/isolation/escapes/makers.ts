import { type KubernetesObject } from '@kubernetes/client-node';

export type Json = Record<string, unknown>;

export const digest = `@sha256:${'a'.repeat(64)}`;
export const image = `registry.example/acme/app${digest}`;

/** The namespace and the tenant of the attempts, once they exist. */
export interface Place {
  namespace: string;
  tenantId: string;
  /** A host of the tenant. */
  host: string;
}

/** The attempt, the same object without the fault, and a part of the refusal's message. */
export type Attempts = Record<string, [() => KubernetesObject, () => KubernetesObject, string]>;

/** Makers of objects that a tenant can create, each with further fields. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- the inferred type is more readable
export function makers(place: Place) {
  const core = (kind: string, more: Json): KubernetesObject => ({
    apiVersion: 'v1',
    kind,
    metadata: { name: 'escape', namespace: place.namespace },
    ...more,
  });
  const rbac = (kind: string, more: Json): KubernetesObject => ({
    ...core(kind, more),
    apiVersion: 'rbac.authorization.k8s.io/v1',
  });
  const restricted = {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  };
  const container = {
    name: 'a',
    image,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
  };
  const podSpec = (spec: Json = {}): Json => {
    return { ...restricted, automountServiceAccountToken: false, containers: [container], ...spec };
  };
  const pod = (spec: Json = {}): KubernetesObject => core('Pod', { spec: podSpec(spec) });
  const marked = (metadata: Json): KubernetesObject => {
    return { ...pod(), metadata: { name: 'escape', namespace: place.namespace, ...metadata } };
  };
  /** The client writes `_from` for `from`, and drops `from`. */
  const policy = (spec: Json): KubernetesObject => ({
    ...core('NetworkPolicy', { spec: { podSelector: {}, ...spec } }),
    apiVersion: 'networking.k8s.io/v1',
  });
  const service = (spec: Json, metadata: Json = {}): KubernetesObject =>
    core('Service', {
      metadata: { name: 'escape', namespace: place.namespace, ...metadata },
      spec: { ports: [{ port: 80 }], ...spec },
    });
  const claim = (spec: Json, metadata: Json = {}): KubernetesObject =>
    core('PersistentVolumeClaim', {
      metadata: { name: 'escape', namespace: place.namespace, ...metadata },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        storageClassName: 'fast',
        ...spec,
      },
    });
  const binding = (role: string, subject: Json, kind = 'ClusterRole'): KubernetesObject =>
    rbac('RoleBinding', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: role }, subjects: [subject] });
  const person = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob@acme.example' };
  const group = (name: string): Json => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name });
  const role = (rule: Json): KubernetesObject =>
    rbac('Role', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], ...rule }] });
  const tenantPeer = (id: string): Json => ({ namespaceSelector: { matchLabels: { 'bulkhead.io/tenant-id': id } } });
  const projected = (audience: string): Json => ({
    volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 't', audience } }] } }],
  });

  const preferring = (key: string): Json => {
    const preference = { matchExpressions: [{ key, operator: 'Exists' }] };
    const nodeAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }] };
    return { affinity: { nodeAffinity } };
  };

  const podTerm = (more: Json): Json => ({
    labelSelector: { matchLabels: { app: 'escape' } },
    topologyKey: 'kubernetes.io/hostname',
    ...more,
  });
  /** A pod that must not run beside some pods. */
  const apartFrom = (kind: string, more: Json): Json => ({
    affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [podTerm(more)] } },
  });
  /** A pod that would rather run beside some pods. */
  const nextTo = (more: Json): Json => {
    const preferred = { weight: 1, podAffinityTerm: podTerm(more) };
    return { affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preferred] } } };
  };

  const memory = (limit: string): Json => ({ requests: { memory: '1Mi' }, limits: { memory: limit } });
  const labels = { app: 'escape' };
  const deployment = (replicas: number): KubernetesObject => ({
    ...core('Deployment', {
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec() } },
    }),
    apiVersion: 'apps/v1',
  });
  const autoscaler = (maxReplicas: number): KubernetesObject => ({
    ...core('HorizontalPodAutoscaler', {
      spec: { maxReplicas, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'escape' } },
    }),
    apiVersion: 'autoscaling/v2',
  });

  const ingress = (
    host: string,
    more: Json = {},
    metadata: Json = {},
    path: Json = { path: '/', pathType: 'Prefix' },
  ): KubernetesObject => {
    const backend = { service: { name: 'web', port: { number: 80 } } };
    const rules = [{ host, http: { paths: [{ backend, ...path }] } }];
    const spec = { ingressClassName: 'public', rules, ...more };
    const object = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      spec,
      metadata: { name: 'escape', namespace: place.namespace, ...metadata },
    };
    return object;
  };

  return {
    core,
    ingress,
    memory,
    deployment,
    autoscaler,
    rbac,
    restricted,
    container,
    marked,
    pod,
    policy,
    service,
    claim,
    binding,
    person,
    group,
    role,
    tenantPeer,
    projected,
    preferring,
    apartFrom,
    nextTo,
  };
}

export type Makers = ReturnType<typeof makers>;
