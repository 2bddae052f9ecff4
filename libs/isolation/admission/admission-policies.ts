import { type KubernetesObject } from '../model/kubernetes-object.js';
import { type AdmissionBaseline } from './admission-baseline.js';
import { checkAnnotations, checkDataAnnotations } from './annotations.js';
import {
  checkClaims,
  checkNetworkPolicies,
  checkRoles,
  checkSecretsAndRoots,
  checkServices,
  forbidKinds,
} from './contents.js';
import { restrictCutOffNamespaces } from './cut-off.js';
import { defaultPods, defaultServiceAccounts, stampTenants } from './defaults.js';
import { platformExempt, trustedExempt } from './exemptions.js';
import { checkHosts } from './hosts.js';
import { type BaselinePart, joined } from './joined-policy.js';
import { checkMarks, checkTemplates, closeProxies, forbidMeshKinds, protectGateways } from './mesh-objects.js';
import { markImitations } from './mesh-pods.js';
import { checkPods } from './pods.js';
import { protectNamespaces, protectObjects, restrictProver } from './protected-objects.js';
import { reserveNames } from './reserved-names.js';
import { checkRoutes, forbidGatewayKinds } from './routes.js';
import { checkSizes } from './sizes.js';
import { checkReplicas, checkRevisions } from './workloads.js';

/**
 * Renders the admission baseline, which is the same for all tenants. Plan-specific settings are read from annotations
 * of the tenant's namespace.
 */
export function renderAdmissionPolicies(baseline: AdmissionBaseline): KubernetesObject[] {
  const { provisioner, mutates } = baseline;
  return [
    ...protectNamespaces(provisioner),
    ...checkObjects(baseline),
    ...checkClaims(provisioner),
    ...checkPods(baseline),
    ...(mutates ? [...defaultPods(), ...defaultServiceAccounts(), ...stampTenants(), ...markImitations()] : []),
  ];
}

/**
 * Checks what is written in namespaces of tenants, other than by the platform. Claims and pods have policies of their
 * own, which check the cluster's controllers too.
 */
function checkObjects(baseline: AdmissionBaseline): KubernetesObject[] {
  return joined(
    {
      name: 'bulkhead-tenant-objects',
      rules: [{ apiGroups: ['*'], resources: ['*/*'], operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] }],
      // They have their own policy, which also sees the removal of the label that this one is bound by.
      exclude: [
        {
          apiGroups: [''],
          resources: ['namespaces', 'namespaces/*'],
          operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'],
        },
      ],
      conditions: [...platformExempt(baseline.provisioner), ...trustedExempt(baseline.trustedControllers)],
    },
    partsOf(baseline),
  );
}

/** The parts of the policy about objects. The message of the first that refuses is the one that is told. */
function partsOf(baseline: AdmissionBaseline): BaselinePart[] {
  return [
    protectObjects(baseline),
    forbidKinds(baseline),
    restrictCutOffNamespaces(),
    ...checkRoles(),
    reserveNames(baseline),
    checkNetworkPolicies(),
    checkServices(),
    checkHosts(),
    checkRoutes(),
    forbidGatewayKinds(),
    checkSizes(),
    checkReplicas(),
    checkRevisions(),
    ...checkSecretsAndRoots(baseline),
    checkTemplates(baseline),
    checkMarks(baseline),
    checkAnnotations(baseline),
    checkDataAnnotations(),
    protectGateways(baseline),
    forbidMeshKinds(baseline),
    closeProxies(),
    restrictProver(),
  ];
}

/**
 * Policies of earlier releases that have become parts of `bulkhead-tenant-objects` and `bulkhead-pods`. To be removed
 * once the baseline is in force.
 */
export const RETIRED_POLICIES = [
  'forbidden',
  'role-bindings',
  'roles',
  'network-policies',
  'services',
  'token-secrets',
  'root-certificates',
  'replicas',
  'hosts',
  'routes',
  'gateway-kinds',
  'mesh-pods',
  'templates',
  'mesh-marks',
  'mesh-gateways',
  'mesh-kinds',
  'mesh-proxies',
  'managed-objects',
].map((name) => `bulkhead-${name}`);
