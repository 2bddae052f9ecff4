import { type KubernetesObject } from '../kubernetes-object.js';
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
import { checkPods } from './pods.js';
import { protectNamespaces, protectObjects } from './protected-objects.js';

/**
 * The policies that hold tenants to their walls, the same for all of them; what plans allow stands in annotations of
 * their namespaces.
 * @param provisioner the user name under which the worker is known to the API server
 * @param mutates whether the cluster has MutatingAdmissionPolicy in v1, which it has from 1.36 on (KEP-3962)
 */
export function renderAdmissionPolicies(provisioner: string, mutates: boolean): KubernetesObject[] {
  return [
    ...protectNamespaces(provisioner),
    ...protectObjects(provisioner),
    ...forbidKinds(provisioner),
    ...checkRoles(provisioner),
    ...checkNetworkPolicies(provisioner),
    ...checkServices(provisioner),
    ...checkHosts(provisioner),
    ...checkReplicas(provisioner),
    ...checkClaims(),
    ...checkSecretsAndRoots(provisioner),
    ...checkPods(),
    ...(mutates ? [...defaultPods(), ...defaultServiceAccounts(), ...stampTenants()] : []),
  ];
}
