import { type KubernetesObject } from '../model/kubernetes-object.js';
import { NAMESPACE_NAME_LABEL, TENANT_ID_LABEL } from '../model/labels.js';
import { clusterRoleNames } from '../rbac/cluster-roles.js';
import { annotationsOfClaims } from './annotations.js';
import { istiodExempt, exemptMeshStatusWrites, isImpersonatedDeployer, platformExempt } from './exemptions.js';
import {
  HEALTH_CHECK_NODE_PORTS_ANNOTATION,
  listedIn,
  LOAD_BALANCER_CLASSES_ANNOTATION,
  parameter,
  STORAGE_CLASSES_ANNOTATION,
} from './parameters.js';
import { type BaselinePart } from './joined-policy.js';
import { validating, write } from './policy.js';
import { type AdmissionBaseline } from './admission-baseline.js';

/** Skips updates that change nothing relevant: an update that removes a finalizer must always get through. */
export const whenSpecChanges = {
  name: 'spec-changes',
  expression: "request.operation == 'CREATE' || object.?spec != oldObject.?spec",
};

/** Like `whenSpecChanges`, for kinds whose annotations matter as much as the spec. */
export const whenSpecOrAnnotationsChange = {
  name: 'what-is-checked-changes',
  expression:
    "request.operation == 'CREATE' || object.?spec != oldObject.?spec || " +
    'object.metadata.?annotations != oldObject.metadata.?annotations',
};

/** Forbids kinds and subresources that no tenant can write, whatever its roles. */
export function forbidKinds({ mesh }: Pick<AdmissionBaseline, 'mesh'>): BaselinePart {
  const operations = ['CREATE', 'UPDATE', 'DELETE'] as const;
  return {
    name: 'forbidden',
    rules: [
      {
        apiGroups: [''],
        // Endpoints can redirect the gateway's traffic to other tenants (CVE-2021-25740), the status of a Service can
        // take over addresses (CVE-2020-8554), a binding bypasses the scheduler, and quotas and limits come from the
        // plan. Tokens are issued by Bulkhead.
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
      // Devices are requested by their names, which the plan lists; certificates of pods are requested by the kubelet.
      { apiGroups: ['resource.k8s.io'], resources: ['resourceclaims', 'resourceclaimtemplates'], operations },
      { apiGroups: ['certificates.k8s.io'], resources: ['podcertificaterequests'], operations },
    ],
    conditions: exemptMeshStatusWrites(mesh),
    validations: [{ expression: 'false', message: 'Tenants cannot write this kind of object.' }],
  };
}

/**
 * RoleBindings can name only people and ServiceAccounts of the namespace, and only Bulkhead's ClusterRoles. Roles stay
 * plain.
 */
export function checkRoles(): BaselinePart[] {
  const names = Object.values(clusterRoleNames).map((name) => `'${name}'`);
  const bindings: BaselinePart = {
    name: 'role-bindings',
    rules: [write('rbac.authorization.k8s.io', 'rolebindings')],
    validations: [
      {
        expression: `object.roleRef.kind == 'Role' || object.roleRef.name in [${names.join(', ')}]`,
        message: 'Only the ClusterRoles named bulkhead-tenant-… can be bound.',
      },
      {
        // The escalation check of RBAC looks at rules only, never at subjects.
        expression:
          "object.?subjects.orValue([]).all(s, s.kind == 'ServiceAccount' ? " +
          "s.?namespace.orValue('') == request.namespace : !s.name.startsWith('system:'))",
        message: 'Subjects must be people, groups of people or ServiceAccounts of this namespace.',
      },
    ],
  };
  const roles: BaselinePart = {
    name: 'roles',
    rules: [write('rbac.authorization.k8s.io', 'roles')],
    validations: [
      {
        expression:
          "object.?rules.orValue([]).all(r, !('*' in r.verbs) && !('*' in r.?resources.orValue([])) && " +
          "!('*' in r.?apiGroups.orValue([])) && !r.verbs.exists(v, v in ['escalate', 'bind'] || v.startsWith('impersonate')) && " +
          "!r.?resources.orValue([]).exists(x, x in ['serviceaccounts/token', '*/*'] || x.startsWith('*/')))",
        message: 'Roles must not use wildcards, allow escalate, bind or impersonate, or issue tokens.',
      },
    ],
  };
  const lasting: BaselinePart = {
    name: 'lasting-access',
    rules: [write('rbac.authorization.k8s.io', 'rolebindings'), write('networking.k8s.io', 'networkpolicies')],
    validations: [
      {
        // It would go on giving access, or opening traffic, after its deletion.
        expression:
          'object.metadata.?finalizers.orValue([]).all(f, ' +
          "request.operation == 'UPDATE' && f in oldObject.metadata.?finalizers.orValue([]))",
        message: 'RoleBindings and NetworkPolicies must not have finalizers.',
      },
    ],
  };
  return [bindings, roles, lasting];
}

/** NetworkPolicies only add to each other, so a tenant's own can open paths within the tenant only. */
export function checkNetworkPolicies(): BaselinePart {
  const own =
    '(p.namespaceSelector.?matchExpressions.orValue([]).size() == 0 && (' +
    `p.namespaceSelector.?matchLabels[?'${TENANT_ID_LABEL}'] == optional.of(namespaceObject.metadata.labels['${TENANT_ID_LABEL}']) || ` +
    `p.namespaceSelector.?matchLabels[?'${NAMESPACE_NAME_LABEL}'] == optional.of(request.namespace)))`;
  const closed = (rules: string, peers: string): string =>
    `object.spec.?${rules}.orValue([]).all(r, r.?${peers}.orValue([]).size() > 0 && ` +
    `r.?${peers}.orValue([]).all(p, !has(p.ipBlock) && (has(p.podSelector) || has(p.namespaceSelector)) && ` +
    `(!has(p.namespaceSelector) || ${own})))`;
  const message =
    'Every rule must select pods of this tenant: no empty peers, no addresses, no other namespaces; its other ' +
    `environments by the label ${TENANT_ID_LABEL} of namespaces, not by name.`;
  return {
    name: 'network-policies',
    rules: [write('networking.k8s.io', 'networkpolicies')],
    conditions: [whenSpecChanges],
    validations: [
      { expression: closed('ingress', 'from'), message },
      { expression: closed('egress', 'to'), message },
    ],
  };
}

/** Prevents traffic into or out of the cluster that bypasses gateways and policies (for example CVE-2020-8554). */
export function checkServices(): BaselinePart {
  return {
    name: 'services',
    rules: [write('', 'services')],
    conditions: [whenSpecChanges],
    validations: [
      {
        // The quota limits the number of load balancers.
        expression: "object.spec.?type.orValue('ClusterIP') in ['ClusterIP', 'LoadBalancer']",
        message: 'Services must be of type ClusterIP or LoadBalancer.',
      },
      {
        expression: "object.spec.?externalIPs.orValue([]).size() == 0 && object.spec.?loadBalancerIP.orValue('') == ''",
        message: 'Services must not set external addresses.',
      },
      {
        // The API server opens a port on every node for its health checks, which the quota of node ports does not count.
        expression:
          `${parameter(HEALTH_CHECK_NODE_PORTS_ANNOTATION)} == 'true' || ` +
          "object.spec.?type.orValue('ClusterIP') != 'LoadBalancer' || " +
          "object.spec.?externalTrafficPolicy.orValue('Cluster') == 'Cluster'",
        message: 'The plan allows no node port for health checks: set externalTrafficPolicy to Cluster.',
      },
      {
        // Another class is another implementation, possibly in another network.
        expression:
          "object.spec.?loadBalancerClass.orValue('') == '' || " +
          `object.spec.loadBalancerClass in ${parameter(LOAD_BALANCER_CLASSES_ANNOTATION)}.split(',')`,
        message: 'The plan does not allow this load balancer class.',
      },
    ],
  };
}

/**
 * Checks claims from any creator: those of a StatefulSet are created by its controller. A claim can still get its
 * volume later, once, which is how the cluster binds it.
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
          expression:
            "request.operation == 'CREATE' || object.spec.?volumeName != oldObject.spec.?volumeName || " +
            'object.spec.?volumeAttributesClassName != oldObject.spec.?volumeAttributesClassName',
        },
        { name: 'not-bound-by-the-cluster', expression: `request.operation == 'CREATE' || (${exempt.join(' && ')})` },
      ],
    },
    [
      {
        // Such a claim takes any free volume without a class, also one that was made for somebody else. Admission sets
        // the default class before this, where the cluster has one. What a plan itself deploys is its author's decision.
        expression: `object.spec.?storageClassName.orValue('') != '' || ${isImpersonatedDeployer}`,
        message: 'Claims must name a StorageClass: the cluster has no default one.',
      },
      {
        expression: listedIn(STORAGE_CLASSES_ANNOTATION, "object.spec.?storageClassName.orValue('')"),
        message: 'The plan does not allow this StorageClass.',
      },
      {
        // Such a class changes what a volume costs and takes from others.
        expression: "object.spec.?volumeAttributesClassName.orValue('') == ''",
        message: 'Claims must not name a VolumeAttributesClass.',
      },
      {
        // The cluster prefers it over the class that the claim names.
        expression: "!('volume.beta.kubernetes.io/storage-class' in object.metadata.?annotations.orValue({}))",
        message: 'Claims must name their StorageClass in storageClassName.',
      },
      annotationsOfClaims,
      {
        expression: "object.spec.?volumeName.orValue('') == '' && !has(object.spec.selector)",
        message: 'Claims must not select an existing volume.',
      },
      {
        expression: "object.spec.?dataSourceRef.?namespace.orValue('') == ''",
        message: 'Claims must not take data from other namespaces.',
      },
    ],
  );
}

/** Forbids tokens that never expire, and protects the certificates with which pods verify the API server. */
export function checkSecretsAndRoots({ mesh }: Pick<AdmissionBaseline, 'mesh'>): BaselinePart[] {
  const secrets: BaselinePart = {
    name: 'token-secrets',
    rules: [write('', 'secrets')],
    validations: [
      {
        expression: "object.?type.orValue('') != 'kubernetes.io/service-account-token'",
        message: 'Secrets must not hold ServiceAccount tokens: those never expire.',
      },
    ],
  };
  const roots: BaselinePart = {
    name: 'root-certificates',
    rules: [{ apiGroups: [''], resources: ['configmaps'], operations: ['CREATE', 'UPDATE', 'DELETE'] }],
    conditions: istiodExempt(mesh),
    validations: [
      {
        // The object's own name, because the deletion of a collection has none in the request.
        expression:
          "!((request.operation == 'CREATE' ? object : oldObject).metadata.?name.orValue('') in " +
          "['kube-root-ca.crt', 'istio-ca-root-cert', 'istio-ca-crl'])",
        message: 'This ConfigMap belongs to the cluster.',
      },
    ],
  };
  return [secrets, roots];
}
