import { type KubernetesObject } from '../model/kubernetes-object.js';
import { ENVIRONMENT_LABEL, MANAGED_BY, MANAGED_BY_LABEL, TENANT_ID_LABEL } from '../model/labels.js';
import {
  exemptIstiodGateways,
  exemptMeshStatusWrites,
  isProver,
  notTheImpersonatedDeployer,
  platformExempt,
} from './exemptions.js';
import { isMark } from './mesh-marks.js';
import { type BaselinePart } from './joined-policy.js';
import { validating } from './policy.js';
import { type AdmissionBaseline } from './admission-baseline.js';

/** The labels that assign an object to a tenant: only the provisioner can set, change or remove them. */
export const protectedLabels = [TENANT_ID_LABEL, ENVIRONMENT_LABEL] as const;

/** Key prefixes of labels and annotations that control how a namespace is isolated, in addition to those of meshes. */
export const protectedNamespaceKeys = [
  'bulkhead.io/',
  'labels.bulkhead.io/',
  'pod-security.kubernetes.io/',
  'admission.gatekeeper.sh/',
  // Read by the admission plugins PodNodeSelector and PodTolerationRestriction.
  'scheduler.alpha.kubernetes.io/',
  MANAGED_BY_LABEL,
] as const;

const label = (of: string, key: string): string => `${of}.?metadata.?labels[?'${key}'].orValue('')`;

/**
 * Protects Bulkhead's objects from changes, individually and in collections (the deletion of a collection names no
 * object, so nothing here depends on `request.name`; MTB-PL1-BC-CPI-2), and refuses objects that imitate them.
 */
export function protectObjects({ mesh }: Pick<AdmissionBaseline, 'mesh'>): BaselinePart {
  const isOurs = (of: string): string =>
    `(${label(of, MANAGED_BY_LABEL)} == '${MANAGED_BY}' || ${protectedLabels.map((key) => `${label(of, key)} != ''`).join(' || ')})`;
  return {
    name: 'managed-objects',
    rules: [{ apiGroups: ['*'], resources: ['*/*'], operations: ['CREATE', 'UPDATE', 'DELETE'] }],
    conditions: [
      notTheImpersonatedDeployer,
      {
        // The gateway's controller writes the status of routes and listeners. No role of a tenant can.
        name: 'not-a-gateway-noting',
        expression:
          "!(request.resource.group == 'gateway.networking.k8s.io' && request.?subResource.orValue('') == 'status')",
      },
      ...exemptMeshStatusWrites(mesh),
      ...exemptIstiodGateways(mesh),
    ],
    validations: [
      {
        expression: `request.operation == 'CREATE' || !${isOurs('oldObject')}`,
        message: 'This object is managed by Bulkhead; change the tenant or its plan instead.',
      },
      {
        expression: `request.operation == 'DELETE' || !${isOurs('object')}`,
        message: 'The labels of objects that Bulkhead manages are reserved.',
      },
    ],
  };
}

/**
 * Reserves the labels and annotations of a namespace about its tenant, pod security and the mesh for the provisioner.
 * Bound everywhere: a selector would match the labels after the change, so removing the label would remove the policy.
 */
export function protectNamespaces(provisioner: string): KubernetesObject[] {
  const starts = protectedNamespaceKeys.map((key) => `'${key}'`).join(', ');
  const isProtected = `([${starts}].exists(start, key.startsWith(start)) || ${isMark('key')})`;
  const kept = (map: string, from: string, to: string): string =>
    `${from}.metadata.?${map}.orValue({}).all(key, !${isProtected} || ` +
    `${to}.metadata.?${map}[?key] == optional.of(${from}.metadata.?${map}.orValue({})[key]))`;
  const same = ['labels', 'annotations'].flatMap((map) => [
    kept(map, 'object', 'oldObject'),
    kept(map, 'oldObject', 'object'),
  ]);
  const isTenants = (of: string): string => `${label(of, TENANT_ID_LABEL)} != ''`;
  return validating(
    {
      name: 'bulkhead-namespaces',
      everywhere: true,
      rules: [
        {
          apiGroups: [''],
          resources: ['namespaces', 'namespaces/finalize', 'namespaces/status'],
          operations: ['CREATE', 'UPDATE', 'DELETE'],
        },
      ],
      conditions: platformExempt(provisioner),
    },
    [
      {
        expression: `request.operation != 'CREATE' || !(${isTenants('object')})`,
        message: 'Only Bulkhead can create namespaces of tenants.',
      },
      {
        expression: `request.operation != 'DELETE' || !(${isTenants('oldObject')})`,
        message: 'Only Bulkhead can delete namespaces of tenants.',
      },
      {
        expression:
          `request.operation != 'UPDATE' || !(${isTenants('object')} || ${isTenants('oldObject')}) || ` +
          `(${same.join(' && ')})`,
        message: 'These labels and annotations of a tenant’s namespace are reserved for Bulkhead.',
      },
      {
        expression:
          `!${isProver} || (request.?dryRun.orValue(false) && (request.?namespace.orValue('').startsWith('tn-') || ` +
          "(request.operation == 'CREATE' && object.metadata.name.startsWith('tn-'))))",
        message: 'The prover may send dry runs for namespaces of tenants only.',
      },
    ],
  );
}

/**
 * Restricts the prover to dry runs in namespaces of tenants. Elsewhere the policy `bulkhead-prover` of
 * deploy/worker-rbac.yaml does; a policy of its own here would cost every request of every tenant.
 */
export function restrictProver(): BaselinePart {
  return {
    name: 'prover',
    rules: [{ apiGroups: ['*'], resources: ['*/*'], operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] }],
    conditions: [{ name: 'asks-the-prover', expression: isProver }],
    validations: [
      {
        expression: "request.operation != 'CONNECT' && request.?dryRun.orValue(false)",
        message: 'The prover may send dry runs only.',
      },
    ],
  };
}
