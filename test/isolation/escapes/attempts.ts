import { type Attempts, digest, image, type Makers, type Place } from './makers.js';
import { annotationEscapes } from './annotation-attempts.js';
import { nameEscapes } from './name-attempts.js';
import { scarceEscapes } from './scarce-attempts.js';
import { sizeEscapes } from './size-attempts.js';
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
    apartFrom,
    nextTo,
  } = made;
  return {
    'an image from another registry': [
      () => pod({ containers: [{ ...container, image: `evil.example/app${digest}` }] }),
      pod,
      'images from this registry',
    ],
    'an init container from another registry': [
      () => pod({ initContainers: [{ ...container, name: 'b', image: `evil.example/app${digest}` }] }),
      () => pod({ initContainers: [{ ...container, name: 'b' }] }),
      'images from this registry',
    ],
    'a volume from an image of another registry': [
      () => pod({ volumes: [{ name: 'v', image: { reference: `evil.example/app${digest}` } }] }),
      () => pod({ volumes: [{ name: 'v', image: { reference: image } }] }),
      'images from this registry',
    ],
    'an image by tag': [
      () => pod({ containers: [{ ...container, image: 'registry.example/acme/app:1' }] }),
      pod,
      'images by digest',
    ],
    'a pod on a node of its choice': [() => pod({ nodeName: 'node-1' }), pod, 'must not choose a node'],
    'a scheduler of its own': [() => pod({ schedulerName: 'mine' }), pod, 'must not choose a scheduler'],
    'a pod with the priority of the cluster’s own': [
      () => pod({ priorityClassName: 'system-node-critical' }),
      pod,
      'PriorityClass',
    ],
    'a node that it keeps clear of other tenants': [
      () => pod(apartFrom('podAntiAffinity', { namespaceSelector: {} })),
      () => pod(apartFrom('podAntiAffinity', {})),
      'pods of other namespaces',
    ],
    'a node next to pods of another namespace, if possible': [
      () => pod(nextTo({ namespaces: ['kube-system'] })),
      () => pod(nextTo({})),
      'pods of other namespaces',
    ],
    'a toleration of every taint': [
      () => pod({ tolerations: [{ operator: 'Exists' }] }),
      () => pod({ tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists' }] }),
      'can tolerate only',
    ],
    'a toleration of another pool': [
      () => pod({ tolerations: [{ key: 'bulkhead.io/node-pool', value: 'regulated' }] }),
      pod,
      'can tolerate only',
    ],
    'the nodes of another pool': [
      () => pod({ nodeSelector: { 'bulkhead.io/node-pool': 'regulated' } }),
      () => pod({ nodeSelector: { 'kubernetes.io/arch': 'amd64' } }),
      'must not ask for nodes of a pool',
    ],
    'the nodes of another pool by affinity': [
      () => pod(preferring('bulkhead.io/node-pool')),
      () => pod(preferring('kubernetes.io/arch')),
      'must not ask for nodes of a pool',
    ],
    'a token for the mesh’s certificate authority': [
      () => pod(projected('istio-ca')),
      () => pod(projected('vault')),
      'Tokens for this audience',
    ],
    'a token for the API server': [
      () => pod({ automountServiceAccountToken: true }),
      () => pod({ automountServiceAccountToken: false }),
      'no token for the Kubernetes API',
    ],
    'a token for the API server in a projected volume': [
      () => pod(projected('https://kubernetes.default.svc')),
      () => pod(projected('vault')),
      'no token for the Kubernetes API',
    ],
    'a token for the API server by its other name': [
      () => pod(projected('bulkhead-dev')),
      () => pod(projected('vault')),
      'no token for the Kubernetes API',
    ],
    'a token for a cloud that the plan does not name': [
      () => pod(projected('sts.amazonaws.com')),
      () => pod(projected('vault')),
      'tokens for this audience',
    ],
    'a pod outside the mesh by label': [
      () => marked({ labels: { 'sidecar.istio.io/inject': 'false' } }),
      () => marked({ labels: { app: 'web' } }),
      'Labels of pods must not change',
    ],
    'a pod outside the mesh by annotation': [
      () => marked({ annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '443' } }),
      () => marked({ annotations: { 'prometheus.io/port': '9090' } }),
      'Annotations of pods must not change',
    ],
    'a pod outside Linkerd': [
      () => marked({ annotations: { 'config.linkerd.io/skip-outbound-ports': '443' } }),
      () => marked({ annotations: { note: 'web' } }),
      'Annotations of pods must not change',
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
    'a writable root filesystem': [
      () =>
        pod({
          containers: [
            { ...container, securityContext: { ...container.securityContext, readOnlyRootFilesystem: false } },
          ],
        }),
      pod,
      'read-only',
    ],
    'an unlimited scratch volume': [
      () => pod({ volumes: [{ name: 's', emptyDir: {} }] }),
      () => pod({ volumes: [{ name: 's', emptyDir: { sizeLimit: '1Mi' } }] }),
      'sizeLimit on emptyDir',
    ],
    'memory far beyond the request': [
      () => pod({ containers: [{ ...container, resources: memory('5Mi') }] }),
      () => pod({ containers: [{ ...container, resources: memory('4Mi') }] }),
      'memory max limit to request ratio',
    ],
    'more replicas than the plan allows': [() => deployment(4), () => deployment(3), 'this many replicas'],
    'more replicas by an autoscaler': [() => autoscaler(4), () => autoscaler(3), 'this many replicas'],
    'an Ingress for an unowned host': [
      () => ingress('bank.example'),
      () => ingress(place.host),
      'a host of this tenant',
    ],
    'an Ingress for a host with the same suffix': [
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
    'a certificate for the host of another': [
      () => ingress(place.host, { tls: [{ hosts: ['bank.example'], secretName: 'tls' }] }),
      () => ingress(place.host, { tls: [{ hosts: [place.host], secretName: 'tls' }] }),
      'a host of this tenant',
    ],
    'a default backend': [
      () => ingress(place.host, { defaultBackend: { service: { name: 'web', port: { number: 80 } } } }),
      () => ingress(place.host),
      'must not have a default backend',
    ],
    'an Ingress of another gateway': [
      () => ingress(place.host, { ingressClassName: 'internal' }),
      () => ingress(place.host, { ingressClassName: 'public' }),
      'does not allow this IngressClass',
    ],
    'a certificate with the name of another': [
      () => ingress(place.host, {}, { annotations: { 'cert-manager.io/common-name': 'bank.example' } }),
      () => ingress(place.host, {}, { annotations: { 'cert-manager.io/cluster-issuer': 'acme' } }),
      'must not carry annotations',
    ],
    'configuration of the gateway through a path': [
      () => ingress(place.host, {}, {}, { path: '/ { return 200; } #', pathType: 'ImplementationSpecific' }),
      () => ingress(place.host, {}, {}, { path: '/a/~b', pathType: 'Exact' }),
      'must be of type Exact or Prefix',
    ],
    'configuration of the gateway': [
      () => ingress(place.host, {}, { annotations: { 'nginx.ingress.kubernetes.io/server-snippet': 'return 200;' } }),
      () => ingress(place.host, {}, { annotations: { 'cert-manager.io/issuer': 'acme' } }),
      'must not carry annotations',
    ],
    ...serviceEscapes(made),
    ...annotationEscapes(made),
    ...nameEscapes(made),
    ...storageEscapes(made),
    ...scarceEscapes(made, () => place.host),
    ...sizeEscapes(place, made),
    'an egress to everywhere': [
      () => policy({ policyTypes: ['Egress'], egress: [{}] }),
      () => policy({ policyTypes: ['Egress'], egress: [{ to: [{ podSelector: {} }] }] }),
      'must select pods of this tenant',
    ],
    'an ingress from every namespace': [
      () => policy({ ingress: [{ _from: [{ namespaceSelector: {} }] }] }),
      () => policy({ ingress: [{ _from: [tenantPeer(place.tenantId)] }] }),
      'must select pods of this tenant',
    ],
    'an ingress from another tenant': [
      () => policy({ ingress: [{ _from: [tenantPeer('tenant_01other')] }] }),
      () => policy({ ingress: [{ _from: [{ podSelector: { matchLabels: { app: 'web' } } }] }] }),
      'must select pods of this tenant',
    ],
    'an egress to an address': [
      () => policy({ egress: [{ to: [{ ipBlock: { cidr: '169.254.169.254/32' } }] }] }),
      () => policy({ egress: [{ to: [tenantPeer(place.tenantId)] }] }),
      'must select pods of this tenant',
    ],
    'a binding of cluster-admin': [
      () => binding('cluster-admin', person),
      () => binding('bulkhead-tenant-viewer', person),
      'Only the ClusterRoles',
    ],
    'a binding of all users': [
      () => binding('bulkhead-tenant-viewer', group('system:authenticated')),
      () => binding('bulkhead-tenant-viewer', group('acme-auditors')),
      'Subjects must be people',
    ],
    'a binding of another tenant’s account': [
      () => binding('any', { kind: 'ServiceAccount', name: 'default', namespace: 'tn-other' }, 'Role'),
      () => binding('any', { kind: 'ServiceAccount', name: 'default', namespace: place.namespace }, 'Role'),
      'Subjects must be people',
    ],
    'a role for everything': [() => role({ resources: ['*'] }), () => role({}), 'Roles must not use wildcards'],
    'a role that impersonates': [
      () => role({ verbs: ['impersonate'] }),
      () => role({}),
      'Roles must not use wildcards',
    ],
    'a role that impersonates for some uses': [
      () => role({ resources: ['serviceaccounts'], verbs: ['impersonate:serviceaccount'] }),
      () => role({ resources: ['serviceaccounts'], verbs: ['get'] }),
      'Roles must not use wildcards',
    ],
    'a role that issues tokens': [
      () => role({ resources: ['serviceaccounts/token'], verbs: ['create'] }),
      () => role({ resources: ['serviceaccounts'], verbs: ['create'] }),
      'Roles must not use wildcards',
    ],
    'a token that never expires': [
      () => ({
        ...core('Secret', { type: 'kubernetes.io/service-account-token' }),
        metadata: {
          name: 'escape',
          namespace: place.namespace,
          annotations: { 'kubernetes.io/service-account.name': 'default' },
        },
      }),
      () => core('Secret', { type: 'Opaque' }),
      'Secrets must not hold ServiceAccount tokens',
    ],
    'a label that imitates Bulkhead': [
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
    'endpoints of pods of another tenant': [
      () => ({
        ...core('EndpointSlice', { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.9'] }] }),
        apiVersion: 'discovery.k8s.io/v1',
      }),
      () => core('ConfigMap', {}),
      'cannot write this kind',
    ],
  };
}
