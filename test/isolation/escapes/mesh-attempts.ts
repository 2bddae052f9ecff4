import { type KubernetesObject } from '@kubernetes/client-node';

import { injectIstio, injectLinkerd, type SentPod } from '../../support/injected-pods.js';
import { type MeshKind } from '../meshes.js';
import { digest, type Json, type Makers, type Place } from './makers.js';

type Make = () => KubernetesObject;
/** The attempt, the same object without the fault, and a part of the refusal's message; empty: any. */
export type Attempts = Record<string, [Make, Make, string]>;

const labels: Record<string, string> = {
  'sidecar.istio.io/inject': 'false',
  'istio.io/dataplane-mode': 'none',
  'istio.io/use-waypoint': 'none',
  'istio.io/use-waypoint-namespace': 'tn-other',
  'istio.io/rev': 'canary',
  'security.istio.io/tlsMode': 'disabled',
  'topology.istio.io/network': 'elsewhere',
  istio: 'ingressgateway',
  'gateway.networking.k8s.io/gateway-name': 'waypoint',
  'gateway.istio.io/managed': 'istio.io-mesh-controller',
};

const annotations: Record<string, string> = {
  'sidecar.istio.io/inject': 'false',
  'sidecar.istio.io/status': '{"initContainers":["istio-proxy"]}',
  'sidecar.istio.io/userVolume': '{}',
  'sidecar.istio.io/proxyImage': 'evil.example/proxy',
  'sidecar.istio.io/bootstrapOverride': 'mine',
  'sidecar.istio.io/interceptionMode': 'NONE',
  'sidecar.istio.io/proxyMemoryLimit': '1Gi"\n',
  'traffic.sidecar.istio.io/excludeOutboundPorts': '443',
  'traffic.sidecar.istio.io/excludeInboundPorts': '8080',
  'traffic.sidecar.istio.io/includeInboundPorts': '',
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': '0.0.0.0/0',
  'proxy.istio.io/config': '{}',
  'proxy.istio.io/overrides': '{}',
  'inject.istio.io/templates': 'gateway',
  'ambient.istio.io/bypass-inbound-capture': 'true',
  'ambient.istio.io/redirection': 'enabled',
  'istio.io/reroute-virtual-interfaces': 'eth0',
  'linkerd.io/inject': 'disabled',
  'config.linkerd.io/skip-outbound-ports': '443',
  'config.linkerd.io/default-inbound-policy': 'all-unauthenticated',
  'config.linkerd.io/opaque-ports': 'all',
  'config.alpha.linkerd.io/proxy-wait-before-exit-seconds': '1',
  'config.beta.linkerd.io/proxy-enable-native-sidecar': 'false',
  'k8s.v1.cni.cncf.io/networks': 'default/flat',
};

/** Attempts by metadata of pods and of pod templates. */
export function markAttempts({ marked, deployment }: Makers): Attempts {
  const ofTemplate = (metadata: Json): KubernetesObject => {
    const made = deployment(1) as KubernetesObject & { spec: { template: { metadata: Json } } };
    Object.assign(made.spec.template.metadata, {
      ...metadata,
      labels: { app: 'escape', ...(metadata['labels'] as Json | undefined) },
    });
    return made;
  };
  const each = (map: 'labels' | 'annotations', key: string, value: string): [string, Attempts[string]][] => [
    [
      `pod with the ${map.slice(0, -1)} ${key}`,
      [() => marked({ [map]: { [key]: value } }), () => marked({ [map]: { team: 'web' } }), ''],
    ],
    [
      `template with the ${map.slice(0, -1)} ${key}`,
      [
        () => ofTemplate({ [map]: { [key]: value } }),
        () => ofTemplate({ [map]: { team: 'web' } }),
        'Labels and annotations of templates must not change',
      ],
    ],
  ];
  return Object.fromEntries([
    ...Object.entries(labels).flatMap(([key, value]) => each('labels', key, value)),
    ...Object.entries(annotations).flatMap(([key, value]) => each('annotations', key, value)),
  ]);
}

/** Attempts by containers, volumes and users. */
export function containerAttempts(
  { core, pod, container, restricted, deployment }: Makers,
  place: Place,
  mesh: MeshKind,
): Attempts {
  const only = 'Only the mesh can put';
  const user = (more: Json): Json => ({ securityContext: { ...restricted.securityContext, ...more } });
  const as = (securityContext: Json): Json => ({
    containers: [{ ...container, securityContext: { ...container.securityContext, ...securityContext } }],
  });
  const other = { ...container, name: 'b' };
  const mount = (name: string): Json => ({
    containers: [{ ...container, volumeMounts: [{ name, mountPath: '/mnt' }] }],
    volumes: [{ name: 'own', emptyDir: { sizeLimit: '1Mi' } }],
  });
  const forged = (inject: (sent: SentPod) => SentPod): KubernetesObject => {
    const { metadata, spec } = inject(pod() as unknown as SentPod);
    return core('Pod', { metadata: { name: 'escape', namespace: place.namespace, ...metadata }, spec });
  };
  const inTemplate = (spec: Json): KubernetesObject => {
    const made = deployment(1) as KubernetesObject & { spec: { template: { spec: Json } } };
    Object.assign(made.spec.template.spec, spec);
    return made;
  };
  const template = 'Templates must not contain';
  const tokens = { 'istio-sidecar': 'istio-token', linkerd: 'linkerd-identity-token', 'istio-ambient': null };
  const token = tokens[mesh];
  return {
    ...(token !== null && {
      'container with the token of the proxy': [
        () => pod(mount(token)),
        () => pod(mount('own')),
        'Volumes of the mesh are for its own',
      ],
    }),
    'pod that looks as if Istio had injected it': [() => forged(injectIstio), pod, only],
    'pod that looks as if Linkerd had injected it': [() => forged((sent) => injectLinkerd(sent, {})), pod, only],
    'container that replaces Istio’s proxy': [
      () => pod({ initContainers: [{ ...other, name: 'istio-proxy', restartPolicy: 'Always' }] }),
      () => pod({ initContainers: [{ ...other, restartPolicy: 'Always' }] }),
      only,
    ],
    'container that replaces Linkerd’s proxy': [
      () => pod({ containers: [container, { ...other, name: 'linkerd-proxy' }] }),
      () => pod({ containers: [container, other] }),
      only,
    ],
    'the mesh’s image under another name': [
      () => pod({ containers: [{ ...container, image: `docker.io/istio/proxyv2${digest}` }] }),
      pod,
      'images from this registry',
    ],
    'pod with the user of Istio’s proxy': [
      () => pod(user({ runAsUser: 1337, runAsGroup: 1000 })),
      () => pod(user({ runAsUser: 1000, runAsGroup: 1000 })),
      'Users and groups 1337 and 2102',
    ],
    'container with the user of Linkerd’s proxy': [
      () => pod(as({ runAsUser: 2102 })),
      () => pod(as({ runAsUser: 2103 })),
      'Users and groups 1337 and 2102',
    ],
    'container with the group of Istio’s proxy': [
      () => pod(as({ runAsGroup: 1337 })),
      () => pod(as({ runAsGroup: 1338 })),
      'Users and groups 1337 and 2102',
    ],
    'volume that replaces the proxy’s token': [
      () =>
        pod({
          volumes: [
            {
              name: 'istio-token',
              projected: { sources: [{ serviceAccountToken: { path: 't', audience: 'istio-ca' } }] },
            },
          ],
        }),
      () => pod({ volumes: [{ name: 'own', emptyDir: { sizeLimit: '1Mi' } }] }),
      only,
    ],
    'token for the mesh in a volume of its own': [
      () =>
        pod({
          volumes: [
            {
              name: 'own',
              projected: { sources: [{ serviceAccountToken: { path: 't', audience: 'identity.l5d.io' } }] },
            },
          ],
        }),
      () => pod({ volumes: [{ name: 'own', emptyDir: { sizeLimit: '1Mi' } }] }),
      'Tokens for this audience',
    ],
    'template with a container of Istio': [
      () => inTemplate({ initContainers: [{ ...other, name: 'istio-proxy' }] }),
      () => inTemplate({ initContainers: [other] }),
      template,
    ],
    'template with a volume of Linkerd': [
      () => inTemplate({ volumes: [{ name: 'linkerd-identity-token', emptyDir: { sizeLimit: '1Mi' } }] }),
      () => inTemplate({ volumes: [{ name: 'own', emptyDir: { sizeLimit: '1Mi' } }] }),
      template,
    ],
    'template with the proxy’s user': [
      () => inTemplate(user({ runAsUser: 1337, runAsGroup: 1337 })),
      () => inTemplate(user({ runAsUser: 1000, runAsGroup: 1000 })),
      template,
    ],
  };
}

/** Attempts by Services, ServiceAccounts, and objects that look like a waypoint. */
export function objectAttempts({ core, deployment }: Makers, place: Place): Attempts {
  const of = (object: KubernetesObject, metadata: Json): KubernetesObject => ({
    ...object,
    metadata: { name: 'escape', namespace: place.namespace, ...metadata },
  });
  const service = (metadata: Json): KubernetesObject =>
    of(core('Service', { spec: { ports: [{ port: 80 }] } }), metadata);
  const account = (metadata: Json): KubernetesObject => of(core('ServiceAccount', {}), metadata);
  const marks = 'must not change how the mesh treats it';
  const gateway = { labels: { 'gateway.networking.k8s.io/gateway-name': 'waypoint' } };
  const plainly = { annotations: { 'networking.istio.io/traffic-distribution': 'PreferClose' } };
  return {
    'Service that is exported to all namespaces': [
      () => service({ annotations: { 'networking.istio.io/exportTo': '*' } }),
      () => service(plainly),
      marks,
    ],
    'Service that bypasses its waypoint': [
      () => service({ labels: { 'istio.io/use-waypoint': 'none' } }),
      () => service({ labels: { team: 'web' } }),
      marks,
    ],
    'Service behind a waypoint of another tenant': [
      () => service({ labels: { 'istio.io/use-waypoint': 'w', 'istio.io/use-waypoint-namespace': 'tn-other' } }),
      () => service({ labels: { 'service.istio.io/canonical-name': 'web' } }),
      marks,
    ],
    'Service of all clusters': [
      () => service({ labels: { 'istio.io/global': 'true' } }),
      () => service({ labels: { global: 'true' } }),
      marks,
    ],
    'Service that Linkerd mirrors': [
      () => service({ labels: { 'mirror.linkerd.io/exported': 'true' } }),
      () => service({ annotations: { 'config.linkerd.io/opaque-ports': '3306,4000-4100' } }),
      marks,
    ],
    'account that replaces another': [
      () => account({ annotations: { 'alpha.istio.io/kubernetes-serviceaccounts': 'tn-other/default' } }),
      () => account({ labels: { team: 'web' } }),
      marks,
    ],
    'workload that replaces a waypoint': [
      () => of(deployment(1), gateway),
      () => of(deployment(1), {}),
      'belong to the mesh',
    ],
  };
}
