import { type KubernetesObject } from '../model/kubernetes-object.js';
import { NAMESPACE_NAME_LABEL, TENANT_ID_LABEL } from '../model/labels.js';
import { clusterRoleNames } from '../rbac/cluster-roles.js';
import { istiodExempt, meshNotesStatus, platformExempt } from './exemptions.js';
import {
  listedIn,
  LOAD_BALANCER_CLASSES_ANNOTATION,
  MAX_REPLICAS_ANNOTATION,
  parameter,
  STORAGE_CLASSES_ANNOTATION,
} from './parameters.js';
import { type ResourceRule, validating } from './policy.js';
import { type Walls } from './walls.js';

const write = (group: string, ...resources: string[]): ResourceRule => ({
  apiGroups: [group],
  resources,
  operations: ['CREATE', 'UPDATE'],
});

/** Leaves updates alone that change nothing of what is checked: those that end a finalizer must always get through. */
const whenSpecChanges = {
  name: 'spec-changes',
  expression: "request.operation == 'CREATE' || object.?spec != oldObject.?spec",
};

/** The same where annotations say as much as the spec. */
export const whenSpecOrAnnotationsChange = {
  name: 'what-is-checked-changes',
  expression:
    "request.operation == 'CREATE' || object.?spec != oldObject.?spec || " +
    'object.metadata.?annotations != oldObject.metadata.?annotations',
};

/** Kinds and subresources that no tenant writes, whatever roles it has. */
export function forbidKinds({ provisioner, mesh }: Pick<Walls, 'provisioner' | 'mesh'>): KubernetesObject[] {
  const operations = ['CREATE', 'UPDATE', 'DELETE'] as const;
  return validating(
    {
      name: 'bulkhead-forbidden',
      rules: [
        {
          apiGroups: [''],
          // Endpoints send the gateway's traffic to other tenants (CVE-2021-25740), the status of a Service takes
          // over addresses (CVE-2020-8554), a binding passes by the scheduler, and quotas and limits are the plan's.
          // Tokens come from Bulkhead.
          resources: [
            'endpoints',
            'services/status',
            'bindings',
            'pods/binding',
            'resourcequotas',
            'limitranges',
            'serviceaccounts/token',
          ],
          operations,
        },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], operations },
      ],
      conditions: [...platformExempt(provisioner), ...meshNotesStatus(mesh)],
    },
    [{ expression: 'false', message: 'Tenants do not write this kind of object.' }],
  );
}

/** Bindings name people and the namespace's own accounts, and no ClusterRole but Bulkhead's; Roles stay plain. */
export function checkRoles(provisioner: string): KubernetesObject[] {
  const policy = { conditions: platformExempt(provisioner) };
  const names = Object.values(clusterRoleNames).map((name) => `'${name}'`);
  const bindings = validating(
    { ...policy, name: 'bulkhead-role-bindings', rules: [write('rbac.authorization.k8s.io', 'rolebindings')] },
    [
      {
        expression: `object.roleRef.kind == 'Role' || object.roleRef.name in [${names.join(', ')}]`,
        message: 'Of the ClusterRoles only those named bulkhead-tenant-… may be bound.',
      },
      {
        // The escalation check of RBAC looks at rules, never at subjects.
        expression:
          "object.?subjects.orValue([]).all(s, s.kind == 'ServiceAccount' ? " +
          "s.?namespace.orValue('') == request.namespace : !s.name.startsWith('system:'))",
        message: 'Subjects are people, groups of people and ServiceAccounts of this namespace.',
      },
    ],
  );
  const roles = validating(
    { ...policy, name: 'bulkhead-roles', rules: [write('rbac.authorization.k8s.io', 'roles')] },
    [
      {
        expression:
          "object.?rules.orValue([]).all(r, !('*' in r.verbs) && !('*' in r.?resources.orValue([])) && " +
          "!('*' in r.?apiGroups.orValue([])) && !r.verbs.exists(v, v in ['escalate', 'bind'] || v.startsWith('impersonate')) && " +
          "!r.?resources.orValue([]).exists(x, x in ['serviceaccounts/token', '*/*'] || x.startsWith('*/')))",
        message: 'Roles have no wildcard, do not escalate, bind or impersonate, and issue no tokens.',
      },
    ],
  );
  return [...bindings, ...roles];
}

/** NetworkPolicies only add to each other, so a tenant's may open ways within the tenant alone. */
export function checkNetworkPolicies(provisioner: string): KubernetesObject[] {
  const own =
    '(p.namespaceSelector.?matchExpressions.orValue([]).size() == 0 && (' +
    `p.namespaceSelector.?matchLabels[?'${TENANT_ID_LABEL}'] == optional.of(namespaceObject.metadata.labels['${TENANT_ID_LABEL}']) || ` +
    `p.namespaceSelector.?matchLabels[?'${NAMESPACE_NAME_LABEL}'] == optional.of(request.namespace)))`;
  const closed = (rules: string, peers: string): string =>
    `object.spec.?${rules}.orValue([]).all(r, r.?${peers}.orValue([]).size() > 0 && ` +
    `r.?${peers}.orValue([]).all(p, !has(p.ipBlock) && (has(p.podSelector) || has(p.namespaceSelector)) && ` +
    `(!has(p.namespaceSelector) || ${own})))`;
  const message = 'Every rule names pods of this tenant: no empty peers, no addresses, no other namespaces.';
  return validating(
    {
      name: 'bulkhead-network-policies',
      rules: [write('networking.k8s.io', 'networkpolicies')],
      conditions: [...platformExempt(provisioner), whenSpecChanges],
    },
    [
      { expression: closed('ingress', 'from'), message },
      { expression: closed('egress', 'to'), message },
    ],
  );
}

/**
 * Beginnings of annotations by which a Service takes a name or an address that nobody gave it: of ExternalDNS, of
 * implementations of load balancers, and of clouds.
 */
const claimingAnnotations = [
  ...['external-dns.alpha.kubernetes.io/', 'external-dns.kubernetes.io/', 'service.beta.kubernetes.io/'],
  ...['metallb.io/', 'metallb.universe.tf/', 'kube-vip.io/', 'io.cilium/', 'lbipam.cilium.io/', 'tailscale.com/'],
];

/** No ways into or out of the cluster past gateways and policies (CVE-2020-8554 among them). */
export function checkServices(provisioner: string): KubernetesObject[] {
  const starts = claimingAnnotations.map((start) => `'${start}'`).join(', ');
  return validating(
    {
      name: 'bulkhead-services',
      rules: [write('', 'services')],
      conditions: [...platformExempt(provisioner), whenSpecOrAnnotationsChange],
    },
    [
      {
        // How many load balancers there may be is the quota's matter.
        expression: "object.spec.?type.orValue('ClusterIP') in ['ClusterIP', 'LoadBalancer']",
        message: 'Services are of type ClusterIP or LoadBalancer.',
      },
      {
        expression: "object.spec.?externalIPs.orValue([]).size() == 0 && object.spec.?loadBalancerIP.orValue('') == ''",
        message: 'Services choose no external addresses.',
      },
      {
        // Another class is another implementation, which may stand in another network.
        expression:
          "object.spec.?loadBalancerClass.orValue('') == '' || " +
          `object.spec.loadBalancerClass in ${parameter(LOAD_BALANCER_CLASSES_ANNOTATION)}.split(',')`,
        message: 'The plan does not allow this class of load balancers.',
      },
      {
        expression:
          'object.metadata.?annotations.orValue({}).all(key, ' + `![${starts}].exists(start, key.startsWith(start)))`,
        message: 'Services claim no names and addresses by annotations.',
      },
    ],
  );
}

/** No workload grows beyond the plan, by itself or by an autoscaler: what those write is checked here, once. */
export function checkReplicas(provisioner: string): KubernetesObject[] {
  const operations = ['CREATE', 'UPDATE'] as const;
  const scalable = ['deployments', 'replicasets', 'statefulsets'].flatMap((name) => [name, `${name}/scale`]);
  return validating(
    {
      name: 'bulkhead-replicas',
      rules: [
        { apiGroups: ['apps'], resources: scalable, operations },
        { apiGroups: [''], resources: ['replicationcontrollers', 'replicationcontrollers/scale'], operations },
        { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], operations },
      ],
      conditions: [...platformExempt(provisioner), whenSpecChanges],
    },
    [
      {
        expression:
          `${parameter(MAX_REPLICAS_ANNOTATION)} == '' || ` +
          'object.?spec.?maxReplicas.orValue(object.?spec.?replicas.orValue(1)) <= ' +
          `int(${parameter(MAX_REPLICAS_ANNOTATION)})`,
        message: 'The plan allows no workload so many replicas.',
      },
    ],
  );
}

/**
 * Claims, whoever makes them: a StatefulSet's are made by its controller. A claim may still be given its volume later,
 * once, which is how the cluster binds it.
 */
export function checkClaims(provisioner: string): KubernetesObject[] {
  const exempt = platformExempt(provisioner).map(({ expression }) => `(${expression})`);
  return validating(
    {
      name: 'bulkhead-volume-claims',
      rules: [write('', 'persistentvolumeclaims')],
      conditions: [
        {
          name: 'made-or-given-a-volume',
          expression: "request.operation == 'CREATE' || object.spec.?volumeName != oldObject.spec.?volumeName",
        },
        { name: 'not-bound-by-the-cluster', expression: `request.operation == 'CREATE' || (${exempt.join(' && ')})` },
      ],
    },
    [
      {
        expression: listedIn(STORAGE_CLASSES_ANNOTATION, "object.spec.?storageClassName.orValue('')"),
        message: 'The plan does not allow this StorageClass.',
      },
      {
        // The cluster believes it rather than the class that the claim names in its place.
        expression: "!('volume.beta.kubernetes.io/storage-class' in object.metadata.?annotations.orValue({}))",
        message: 'Claims name their StorageClass as storageClassName.',
      },
      {
        expression: "object.spec.?volumeName.orValue('') == '' && !has(object.spec.selector)",
        message: 'Claims choose no existing volume.',
      },
      {
        expression: "object.spec.?dataSourceRef.?namespace.orValue('') == ''",
        message: 'Claims take no data from other namespaces.',
      },
    ],
  );
}

/** Tokens that never end, and the certificates by which pods know the API server. */
export function checkSecretsAndRoots({ provisioner, mesh }: Pick<Walls, 'provisioner' | 'mesh'>): KubernetesObject[] {
  const conditions = platformExempt(provisioner);
  const secrets = validating({ name: 'bulkhead-token-secrets', rules: [write('', 'secrets')], conditions }, [
    {
      expression: "object.?type.orValue('') != 'kubernetes.io/service-account-token'",
      message: 'Secrets hold no tokens of ServiceAccounts: those never end.',
    },
  ]);
  const roots = validating(
    {
      name: 'bulkhead-root-certificates',
      rules: [{ apiGroups: [''], resources: ['configmaps'], operations: ['CREATE', 'UPDATE', 'DELETE'] }],
      conditions: [...conditions, ...istiodExempt(mesh)],
    },
    [
      {
        // The name of the object itself: the deletion of a collection names none in the request.
        expression:
          "!((request.operation == 'CREATE' ? object : oldObject).metadata.?name.orValue('') in " +
          "['kube-root-ca.crt', 'istio-ca-root-cert', 'istio-ca-crl'])",
        message: 'This ConfigMap is the cluster’s.',
      },
    ],
  );
  return [...secrets, ...roots];
}
