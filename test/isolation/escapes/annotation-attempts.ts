import { type KubernetesObject } from '@kubernetes/client-node';

import { type Attempts, type Json, type Makers } from './makers.js';

/** Annotations by which controllers would give a pod what is not its own, and what they would give. */
const ofPods: Record<string, string> = {
  'the address of another pod': 'cni.projectcalico.org/ipAddrs',
  'a floating address': 'cni.projectcalico.org/floatingIPs',
  'another network': 'ovn.kubernetes.io/logical_switch',
  'another subnet': 'v1.vpc.amazonaws.com/security-groups',
  'a role of the cloud, by an older controller': 'iam.amazonaws.com/role',
  'a name in DNS': 'external-dns.alpha.kubernetes.io/hostname',
};

/** The same for Services. */
const ofServices: Record<string, string> = {
  'the host of another': 'external-dns.alpha.kubernetes.io/hostname',
  'the address of another': 'metallb.io/loadBalancerIPs',
  'the load balancer of another': 'loadbalancer.openstack.org/load-balancer-id',
  'the load balancer of another, on Tencent': 'service.kubernetes.io/tke-existed-lbid',
  'a route of the gateway': 'getambassador.io/config',
  'a name on a mesh of machines': 'tailscale.com/hostname',
};

/** The same for what holds data: controllers that all tenants share would copy, fill or import it. */
const ofData: Record<string, string> = {
  'the Secret of another, by Reflector': 'reflector.v1.k8s.emberstack.com/reflects',
  'the Secret of another, by Replicator': 'replicator.v1.mittwald.de/replicate-from',
  'a place in every namespace': 'kubed.appscode.com/sync',
  'what a vault holds': 'vault.security.banzaicloud.io/vault-role',
};

/** Attempts to get a name, an address, a network or an identity by an annotation. */
export function annotationEscapes({ marked, service, core, deployment, rbac, claim }: Makers): Attempts {
  const says = 'annotations of this domain';
  const template = (annotations: Json, from = deployment(1)): KubernetesObject => {
    const { spec } = from as KubernetesObject & { spec: { template: { metadata: Json } } };
    spec.template.metadata['annotations'] = annotations;
    return from;
  };
  const cronJob = (annotations: Json): KubernetesObject => {
    const { spec } = template(annotations) as KubernetesObject & { spec: { template: { spec: Json } } };
    const jobTemplate = {
      spec: { template: { ...spec.template, spec: { ...spec.template.spec, restartPolicy: 'Never' } } },
    };
    const more = { spec: { schedule: '0 0 * * *', jobTemplate } };
    return { ...core('CronJob', more), apiVersion: 'batch/v1' };
  };
  const known = {
    'prometheus.io/port': '9090',
    'checksum/config': 'abc',
    'vault.hashicorp.com/role': 'web',
    note: 'a',
  };
  const withMetadata = (object: KubernetesObject, annotations: Json): KubernetesObject => ({
    ...object,
    metadata: Object.assign({}, object.metadata, { annotations }),
  });
  // What cert-manager and others note themselves.
  const noted = { ...known, 'cert-manager.io/certificate-name': 'web', 'kapp.k14s.io/identity': 'v1' };
  const dataAttempts = (kind: 'ConfigMap' | 'Secret'): Attempts =>
    Object.fromEntries(
      Object.entries(ofData).map(([title, key]) => [
        `${title} by an annotation of a ${kind}`,
        [() => withMetadata(core(kind, {}), { [key]: 'bank/keys' }), () => withMetadata(core(kind, {}), noted), says],
      ]),
    );
  const account = (annotations: Json): KubernetesObject => ({
    ...core('ServiceAccount', { automountServiceAccountToken: false }),
    metadata: { name: 'escape', namespace: rbac('Role', {}).metadata?.namespace, annotations } as never,
  });
  const attempts = (
    what: Record<string, string>,
    kind: string,
    make: (annotations: Json) => KubernetesObject,
  ): Attempts =>
    Object.fromEntries(
      Object.entries(what).map(([title, key]) => [
        `${title} by an annotation of a ${kind}`,
        [() => make({ [key]: 'escape' }), () => make(known), says],
      ]),
    );
  return {
    ...attempts(ofPods, 'pod', (annotations) => marked({ annotations })),
    ...attempts(ofPods, 'workload', template),
    ...attempts({ 'another network': 'ovn.kubernetes.io/logical_switch' }, 'CronJob', cronJob),
    ...attempts(ofServices, 'Service', (annotations) => service({}, { annotations })),
    ...dataAttempts('ConfigMap'),
    ...dataAttempts('Secret'),
    'the volume of another by an annotation of a claim': [
      () => withMetadata(claim({}), { 'k8s.io/CloneRequest': 'bank/data' }),
      () => withMetadata(claim({}), noted),
      says,
    ],
    'an identity of the cloud by an annotation of a ServiceAccount': [
      () => account({ 'iam.gke.io/gcp-service-account': 'admin@bank.example' }),
      () => account({ 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/web' }),
      says,
    ],
    'more of a domain of which the plan allows one key': [
      () => account({ 'eks.amazonaws.com/sts-regional-endpoints': 'false' }),
      () => account({ 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/web' }),
      says,
    ],
  };
}
