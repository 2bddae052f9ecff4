import { type KubernetesObject } from '../model/kubernetes-object.js';
import {
  checkClaims,
  checkNetworkPolicies,
  checkReplicas,
  checkRoles,
  checkSecretsAndRoots,
  checkServices,
  forbidKinds,
} from './contents.js';
import { defaultPods, defaultServiceAccounts, stampTenants } from './defaults.js';
import { checkHosts } from './hosts.js';
import { checkMarks, checkTemplates, closeProxies, forbidMeshKinds, protectGateways } from './mesh-objects.js';
import { checkMeshPods, markImitations } from './mesh-pods.js';
import { checkPods } from './pods.js';
import { protectNamespaces, protectObjects } from './protected-objects.js';
import { checkRoutes, forbidGatewayKinds } from './routes.js';
import { type AdmissionBaseline } from './admission-baseline.js';

/**
 * Renders the admission baseline, which is the same for all tenants. Plan-specific settings are read from annotations
 * of the tenant's namespace.
 */
export function renderAdmissionPolicies(walls: AdmissionBaseline): KubernetesObject[] {
  const { provisioner, mutates } = walls;
  return [
    ...protectNamespaces(provisioner),
    ...protectObjects(walls),
    ...forbidKinds(walls),
    ...checkRoles(provisioner),
    ...checkNetworkPolicies(provisioner),
    ...checkServices(provisioner),
    ...checkHosts(provisioner),
    ...checkRoutes(provisioner),
    ...forbidGatewayKinds(provisioner),
    ...checkReplicas(provisioner),
    ...checkClaims(provisioner),
    ...checkSecretsAndRoots(walls),
    ...checkPods(),
    ...checkMeshPods(walls),
    ...checkTemplates(walls),
    ...checkMarks(walls),
    ...protectGateways(walls),
    ...forbidMeshKinds(walls),
    ...closeProxies(walls),
    ...(mutates ? [...defaultPods(), ...defaultServiceAccounts(), ...stampTenants(), ...markImitations()] : []),
  ];
}
