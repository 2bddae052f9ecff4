import { type V1Container, type V1EnvVar, type V1Volume } from '@kubernetes/client-node';

/** The part of a pod that injectors read. */
export interface SentPod {
  metadata?: {
    name?: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: {
    containers: V1Container[];
    initContainers?: V1Container[];
    volumes?: V1Volume[];
    serviceAccountName?: string;
  };
}

// Pods as modified by the injectors of Istio 1.31 and Linkerd 26.8 when a CNI plugin redirects their traffic.

const field = (name: string, fieldPath: string): V1EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } });
const noRights = (user: number, more: object = {}): NonNullable<V1Container['securityContext']> => ({
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: user,
  ...more,
});
const proxyResources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } };

const ISTIO_IMAGE = 'docker.io/istio/proxyv2:1.31.1';
const istioMounts: Record<string, string> = {
  'workload-socket': '/var/run/secrets/workload-spiffe-uds',
  'credential-socket': '/var/run/secrets/credential-uds',
  'workload-certs': '/var/run/secrets/workload-spiffe-credentials',
  'istiod-ca-cert': '/var/run/secrets/istio',
  'istio-ca-crl': '/var/run/secrets/istio/crl',
  'istio-data': '/var/lib/istio/data',
  'istio-envoy': '/etc/istio/proxy',
  'istio-token': '/var/run/secrets/tokens',
  'istio-podinfo': '/etc/istio/pod',
};
const istioVolumes: V1Volume[] = [
  ...['workload-socket', 'credential-socket', 'workload-certs', 'istio-data'].map((name) => ({ name, emptyDir: {} })),
  { name: 'istio-envoy', emptyDir: { medium: 'Memory' } },
  {
    name: 'istio-podinfo',
    downwardAPI: {
      items: ['labels', 'annotations'].map((path) => ({ path, fieldRef: { fieldPath: `metadata.${path}` } })),
    },
  },
  token('istio-token', 'istio-ca', 43_200),
  { name: 'istiod-ca-cert', configMap: { name: 'istio-ca-root-cert' } },
  { name: 'istio-ca-crl', configMap: { name: 'istio-ca-crl', optional: true } },
];

function token(name: string, audience: string, expirationSeconds: number): V1Volume {
  return { name, projected: { sources: [{ serviceAccountToken: { audience, expirationSeconds, path: name } }] } };
}

const istioProxy: V1Container = {
  name: 'istio-proxy',
  image: ISTIO_IMAGE,
  args: ['proxy', 'sidecar', '--domain', '$(POD_NAMESPACE).svc.cluster.local', '--proxyLogLevel=warning'],
  env: [
    { name: 'CA_ADDR', value: 'istiod.istio-system.svc:15012' },
    field('POD_NAME', 'metadata.name'),
    field('POD_NAMESPACE', 'metadata.namespace'),
    { name: 'PROXY_CONFIG', value: '{}\n' },
  ],
  lifecycle: { preStop: { exec: { command: ['pilot-agent', 'request', '--debug-port=15020', 'POST', 'drain'] } } },
  ports: [{ containerPort: 15_090, name: 'http-envoy-prom' }],
  readinessProbe: { httpGet: { path: '/healthz/ready', port: 15_021 } },
  restartPolicy: 'Always',
  resources: proxyResources,
  securityContext: noRights(1337, { runAsGroup: 1337 }),
  volumeMounts: Object.entries(istioMounts).map(([name, mountPath]) => ({ name, mountPath })),
};

const istioValidation: V1Container = {
  name: 'istio-validation',
  image: ISTIO_IMAGE,
  args: ['istio-iptables', '-p', '15001', '-z', '15006', '-u', '1337', '--run-validation', '--skip-rule-apply'],
  resources: proxyResources,
  securityContext: noRights(1337, { runAsGroup: 1337 }),
};

/** A submitted container with the name of an injected one changes that one. */
function mergedWith(
  injected: readonly V1Container[],
  { containers, initContainers = [] }: SentPod['spec'],
): SentPod['spec'] {
  const sent = new Map([...containers, ...initContainers].map((container) => [container.name, container]));
  const isOwn = ({ name }: V1Container): boolean => !injected.some((container) => container.name === name);
  return {
    containers: containers.filter(isOwn),
    initContainers: [
      ...injected.map((container) => Object.assign({}, container, sent.get(container.name))),
      ...initContainers.filter(isOwn),
    ],
  };
}

/** Injects the proxy as a native sidecar, which is Istio's default from Kubernetes 1.33. */
export function injectIstio(pod: SentPod): SentPod {
  const { metadata, spec } = pod;
  const status = { initContainers: ['istio-validation', 'istio-proxy'], containers: null, revision: 'default' };
  return {
    ...pod,
    metadata: {
      ...metadata,
      labels: {
        ...metadata?.labels,
        'security.istio.io/tlsMode': 'istio',
        'service.istio.io/canonical-name': 'web',
        'service.istio.io/canonical-revision': 'latest',
      },
      annotations: {
        ...metadata?.annotations,
        'istio.io/rev': 'default',
        'kubectl.kubernetes.io/default-container': spec.containers[0]?.name ?? '',
        'prometheus.io/port': '15020',
        'sidecar.istio.io/interceptionMode': 'REDIRECT',
        'sidecar.istio.io/status': JSON.stringify(status),
        'traffic.sidecar.istio.io/excludeInboundPorts': '15020',
        'traffic.sidecar.istio.io/includeInboundPorts': '*',
        'traffic.sidecar.istio.io/includeOutboundIPRanges': '*',
      },
    },
    spec: {
      ...spec,
      ...mergedWith([istioValidation, istioProxy], spec),
      volumes: [...(spec.volumes ?? []).filter(({ name }) => !(name in istioMounts)), ...istioVolumes],
    },
  };
}

const LINKERD_IMAGE = 'cr.l5d.io/linkerd/proxy:edge-26.8.3';

const linkerdProxy: V1Container = {
  name: 'linkerd-proxy',
  image: LINKERD_IMAGE,
  env: [
    field('_pod_name', 'metadata.name'),
    field('_pod_ns', 'metadata.namespace'),
    { name: 'LINKERD2_PROXY_INBOUND_DEFAULT_POLICY', value: 'deny' },
    { name: 'LINKERD2_PROXY_IDENTITY_TOKEN_FILE', value: '/var/run/secrets/tokens/linkerd-identity-token' },
  ],
  livenessProbe: { httpGet: { path: '/live', port: 4191 } },
  ports: [
    { containerPort: 4143, name: 'linkerd-proxy' },
    { containerPort: 4191, name: 'linkerd-admin' },
  ],
  readinessProbe: { httpGet: { path: '/ready', port: 4191 } },
  restartPolicy: 'Always',
  securityContext: noRights(2102, { seccompProfile: { type: 'RuntimeDefault' } }),
  terminationMessagePolicy: 'FallbackToLogsOnError',
  volumeMounts: [
    { name: 'linkerd-identity-end-entity', mountPath: '/var/run/linkerd/identity/end-entity' },
    { name: 'linkerd-identity-token', mountPath: '/var/run/secrets/tokens' },
  ],
};

const linkerdValidator: V1Container = {
  name: 'linkerd-network-validator',
  image: LINKERD_IMAGE,
  command: ['/usr/lib/linkerd/linkerd2-network-validator'],
  args: ['--log-format', 'plain', '--connect-addr', '1.1.1.1:20001', '--listen-addr', '0.0.0.0:4140'],
  securityContext: noRights(65_534, { runAsGroup: 65_534, seccompProfile: { type: 'RuntimeDefault' } }),
};

/**
 * Injects the proxy and repeats annotations of the namespace, as the injector does. A pod that already has a proxy is
 * not changed.
 */
export function injectLinkerd(pod: SentPod, ofNamespace: Record<string, string>): SentPod {
  const { metadata, spec } = pod;
  if ([...spec.containers, ...(spec.initContainers ?? [])].some(({ name }) => name === 'linkerd-proxy')) return pod;
  const repeated = Object.entries(ofNamespace).filter(([key]) => /^(config\.)?linkerd\.io\//.test(key));
  return {
    ...pod,
    metadata: {
      ...metadata,
      labels: {
        ...metadata?.labels,
        'linkerd.io/control-plane-ns': 'linkerd',
        'linkerd.io/proxy-deployment': 'web',
        'linkerd.io/workload-ns': metadata?.namespace ?? '',
      },
      annotations: {
        ...metadata?.annotations,
        ...Object.fromEntries(repeated),
        'linkerd.io/created-by': 'linkerd/proxy-injector edge-26.8.3',
        'linkerd.io/proxy-version': 'edge-26.8.3',
        'linkerd.io/trust-root-sha256': 'a'.repeat(64),
      },
    },
    spec: {
      ...spec,
      initContainers: [linkerdValidator, linkerdProxy, ...(spec.initContainers ?? [])],
      volumes: [
        ...(spec.volumes ?? []),
        { name: 'linkerd-identity-end-entity', emptyDir: { medium: 'Memory' } },
        token('linkerd-identity-token', 'identity.l5d.io', 86_400),
      ],
    },
  };
}

/** Returns the pod that istiod creates for the Gateway of a waypoint, with the labels of Bulkhead's Gateway. */
export function waypointPod(tenantId: string): SentPod {
  const without = new Set(['credential-socket', 'workload-certs', 'istio-ca-crl']);
  return {
    metadata: {
      labels: {
        'bulkhead.io/tenant': tenantId,
        'gateway.istio.io/managed': 'istio.io-mesh-controller',
        'gateway.networking.k8s.io/gateway-class-name': 'istio-waypoint',
        'gateway.networking.k8s.io/gateway-name': 'waypoint',
        'istio.io/dataplane-mode': 'none',
        'istio.io/waypoint-for': 'service',
        'service.istio.io/canonical-name': 'waypoint',
        'sidecar.istio.io/inject': 'false',
      },
      annotations: { 'istio.io/rev': 'default', 'prometheus.io/port': '15020' },
    },
    spec: {
      serviceAccountName: 'waypoint',
      containers: [
        {
          name: 'istio-proxy',
          image: ISTIO_IMAGE,
          resources: proxyResources,
          args: ['proxy', 'waypoint', '--domain', '$(POD_NAMESPACE).svc.cluster.local'],
          securityContext: noRights(1337, { runAsGroup: 1337, seccompProfile: { type: 'RuntimeDefault' } }),
          volumeMounts: (istioProxy.volumeMounts ?? []).filter(({ name }) => !without.has(name)),
        },
      ],
      volumes: [
        ...istioVolumes.filter(({ name }) => !without.has(name)),
        { name: 'go-proxy-envoy', emptyDir: { medium: 'Memory' } },
        { name: 'go-proxy-data', emptyDir: {} },
      ],
    },
  };
}
