import { type Attempts, digest, image, type Makers, type Place } from './makers.js';
import { serviceEscapes } from './service-attempts.js';
import { storageEscapes } from './storage-attempts.js';

export function escapes(place: Place, made: Makers): Attempts {
  const {
    core,
    ingress,
    memory,
    deployment,
    autoscaler,
    container,
    restricted,
    marked,
    pod,
    policy,
    binding,
    person,
    group,
    role,
    tenantPeer,
    projected,
    preferring,
  } = made;
  return {
    'an image of another registry': [
      () => pod({ containers: [{ ...container, image: `evil.example/app${digest}` }] }),
      pod,
      'images of this registry',
    ],
    'an init container of another registry': [
      () => pod({ initContainers: [{ ...container, name: 'b', image: `evil.example/app${digest}` }] }),
      () => pod({ initContainers: [{ ...container, name: 'b' }] }),
      'images of this registry',
    ],
    'a volume from an image of another registry': [
      () => pod({ volumes: [{ name: 'v', image: { reference: `evil.example/app${digest}` } }] }),
      () => pod({ volumes: [{ name: 'v', image: { reference: image } }] }),
      'images of this registry',
    ],
    'an image by tag': [
      () => pod({ containers: [{ ...container, image: 'registry.example/acme/app:1' }] }),
      pod,
      'images by digest',
    ],
    'a pod on a node of its choice': [() => pod({ nodeName: 'node-1' }), pod, 'choose no node'],
    'a scheduler of its own': [() => pod({ schedulerName: 'mine' }), pod, 'choose no scheduler'],
    'a pod above the cluster’s own': [() => pod({ priorityClassName: 'system-node-critical' }), pod, 'PriorityClass'],
    'a toleration of every taint': [
      () => pod({ tolerations: [{ operator: 'Exists' }] }),
      () => pod({ tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }] }),
      'tolerate only',
    ],
    'a toleration of another pool': [
      () => pod({ tolerations: [{ key: 'bulkhead.io/node-pool', value: 'regulated' }] }),
      pod,
      'tolerate only',
    ],
    'the nodes of another pool': [
      () => pod({ nodeSelector: { 'bulkhead.io/node-pool': 'regulated' } }),
      () => pod({ nodeSelector: { 'kubernetes.io/arch': 'amd64' } }),
      'no nodes of a pool',
    ],
    'the nodes of another pool by affinity': [
      () => pod(preferring('bulkhead.io/node-pool')),
      () => pod(preferring('kubernetes.io/arch')),
      'no nodes of a pool',
    ],
    'a token for the mesh’s certificate authority': [
      () => pod(projected('istio-ca')),
      () => pod(projected('vault')),
      'Tokens of this audience',
    ],
    'a token for the API server': [
      () => pod({ automountServiceAccountToken: true }),
      () => pod({ automountServiceAccountToken: false }),
      'no token for the Kubernetes API',
    ],
    'a token for the API server by another way': [
      () => pod(projected('https://kubernetes.default.svc')),
      () => pod(projected('vault')),
      'no token for the Kubernetes API',
    ],
    'a pod beside the mesh by label': [
      () => marked({ labels: { 'sidecar.istio.io/inject': 'false' } }),
      () => marked({ labels: { app: 'web' } }),
      'Labels of pods do not change',
    ],
    'a pod beside the mesh by annotation': [
      () => marked({ annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '443' } }),
      () => marked({ annotations: { 'prometheus.io/port': '9090' } }),
      'Annotations of pods do not change',
    ],
    'a pod beside Linkerd': [
      () => marked({ annotations: { 'config.linkerd.io/skip-outbound-ports': '443' } }),
      () => marked({ annotations: { note: 'web' } }),
      'Annotations of pods do not change',
    ],
    'the user of the mesh’s proxy': [
      () => pod({ securityContext: { ...restricted.securityContext, runAsUser: 1337 } }),
      () => pod({ securityContext: { ...restricted.securityContext, runAsUser: 1000 } }),
      'Users and groups 1337 and 2102',
    ],
    'a root in the node’s user namespace': [
      () => pod({ hostUsers: true }),
      () => pod({ hostUsers: false }),
      'hostUsers',
    ],
    'a root filesystem to write on': [
      () =>
        pod({
          containers: [
            { ...container, securityContext: { ...container.securityContext, readOnlyRootFilesystem: false } },
          ],
        }),
      pod,
      'read-only',
    ],
    'a scratch volume without an end': [
      () => pod({ volumes: [{ name: 's', emptyDir: {} }] }),
      () => pod({ volumes: [{ name: 's', emptyDir: { sizeLimit: '1Mi' } }] }),
      'sizeLimit of emptyDir',
    ],
    'memory far beyond what is requested': [
      () => pod({ containers: [{ ...container, resources: memory('5Mi') }] }),
      () => pod({ containers: [{ ...container, resources: memory('4Mi') }] }),
      'memory max limit to request ratio',
    ],
    'more replicas than the plan allows': [() => deployment(4), () => deployment(3), 'so many replicas'],
    'more replicas by an autoscaler': [() => autoscaler(4), () => autoscaler(3), 'so many replicas'],
    'an Ingress for a host of nobody': [
      () => ingress('bank.example'),
      () => ingress(place.host),
      'a host of this tenant',
    ],
    'an Ingress for a host that ends like its own': [
      () => ingress(`evil${place.host}`),
      () => ingress(`shop.${place.host}`),
      'a host of this tenant',
    ],
    'an Ingress for every host': [() => ingress(''), () => ingress(place.host), 'a host of this tenant'],
    'an Ingress for a wildcard': [
      () => ingress(`*.${place.host}`),
      () => ingress(`shop.${place.host}`),
      'a host of this tenant',
    ],
    'a certificate for another’s host': [
      () => ingress(place.host, { tls: [{ hosts: ['bank.example'], secretName: 'tls' }] }),
      () => ingress(place.host, { tls: [{ hosts: [place.host], secretName: 'tls' }] }),
      'a host of this tenant',
    ],
    'what nobody else answers': [
      () => ingress(place.host, { defaultBackend: { service: { name: 'web', port: { number: 80 } } } }),
      () => ingress(place.host),
      'no default backend',
    ],
    'an Ingress of another gateway': [
      () => ingress(place.host, { ingressClassName: 'internal' }),
      () => ingress(place.host, { ingressClassName: 'public' }),
      'does not allow this IngressClass',
    ],
    'a certificate of another’s name': [
      () => ingress(place.host, {}, { annotations: { 'cert-manager.io/common-name': 'bank.example' } }),
      () => ingress(place.host, {}, { annotations: { 'cert-manager.io/cluster-issuer': 'acme' } }),
      'no annotation that changes',
    ],
    'configuration of the gateway by a path': [
      () => ingress(place.host, {}, {}, { path: '/ { return 200; } #', pathType: 'ImplementationSpecific' }),
      () => ingress(place.host, {}, {}, { path: '/a/~b', pathType: 'Exact' }),
      'of type Exact or Prefix',
    ],
    'configuration of the gateway': [
      () => ingress(place.host, {}, { annotations: { 'nginx.ingress.kubernetes.io/server-snippet': 'return 200;' } }),
      () => ingress(place.host, {}, { annotations: { 'cert-manager.io/issuer': 'acme' } }),
      'no annotation that changes',
    ],
    ...serviceEscapes(made),
    ...storageEscapes(made),
    'an egress to everywhere': [
      () => policy({ policyTypes: ['Egress'], egress: [{}] }),
      () => policy({ policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] }),
      'names pods of this tenant',
    ],
    'an ingress from every namespace': [
      () => policy({ ingress: [{ _from: [{ namespaceSelector: {} }] }] }),
      () => policy({ ingress: [{ _from: [tenantPeer(place.tenantId)] }] }),
      'names pods of this tenant',
    ],
    'an ingress from another tenant': [
      () => policy({ ingress: [{ _from: [tenantPeer('tenant_01other')] }] }),
      () => policy({ ingress: [{ _from: [{ podSelector: { matchLabels: { app: 'web' } } }] }] }),
      'names pods of this tenant',
    ],
    'an egress to an address': [
      () => policy({ egress: [{ to: [{ ipBlock: { cidr: '169.254.169.254/32' } }] }] }),
      () => policy({ egress: [{ to: [tenantPeer(place.tenantId)] }] }),
      'names pods of this tenant',
    ],
    'a binding of cluster-admin': [
      () => binding('cluster-admin', person),
      () => binding('bulkhead-tenant-viewer', person),
      'Of the ClusterRoles only',
    ],
    'a binding of everybody': [
      () => binding('bulkhead-tenant-viewer', group('system:authenticated')),
      () => binding('bulkhead-tenant-viewer', group('acme-auditors')),
      'Subjects are people',
    ],
    'a binding of another tenant’s account': [
      () => binding('any', { kind: 'ServiceAccount', name: 'default', namespace: 'tn-other' }, 'Role'),
      () => binding('any', { kind: 'ServiceAccount', name: 'default', namespace: place.namespace }, 'Role'),
      'Subjects are people',
    ],
    'a role for everything': [() => role({ resources: ['*'] }), () => role({}), 'Roles have no wildcard'],
    'a role that impersonates': [() => role({ verbs: ['impersonate'] }), () => role({}), 'Roles have no wildcard'],
    'a role that impersonates for some uses': [
      () => role({ resources: ['serviceaccounts'], verbs: ['impersonate:serviceaccount'] }),
      () => role({ resources: ['serviceaccounts'], verbs: ['get'] }),
      'Roles have no wildcard',
    ],
    'a role that issues tokens': [
      () => role({ resources: ['serviceaccounts/token'], verbs: ['create'] }),
      () => role({ resources: ['serviceaccounts'], verbs: ['create'] }),
      'Roles have no wildcard',
    ],
    'a token that never ends': [
      () => ({
        ...core('Secret', { type: 'kubernetes.io/service-account-token' }),
        metadata: {
          name: 'escape',
          namespace: place.namespace,
          annotations: { 'kubernetes.io/service-account.name': 'default' },
        },
      }),
      () => core('Secret', { type: 'Opaque' }),
      'Secrets hold no tokens',
    ],
    'a label that says it is Bulkhead’s': [
      () => ({
        ...core('ConfigMap', {}),
        metadata: {
          name: 'escape',
          namespace: place.namespace,
          labels: { 'app.kubernetes.io/managed-by': 'bulkhead' },
        },
      }),
      () => ({
        ...core('ConfigMap', {}),
        metadata: { name: 'escape', namespace: place.namespace, labels: { 'app.kubernetes.io/managed-by': 'helm' } },
      }),
      'labels of objects that Bulkhead manages',
    ],
    'endpoints of another tenant’s pods': [
      () => ({
        ...core('EndpointSlice', { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.9'] }] }),
        apiVersion: 'discovery.k8s.io/v1',
      }),
      () => core('ConfigMap', {}),
      'do not write this kind',
    ],
  };
}
