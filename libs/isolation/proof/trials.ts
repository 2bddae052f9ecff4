import { type KubernetesObject } from '../model/kubernetes-object.js';
import { type TenantInput } from '../model/tenant-input.js';
import { managedTrials, quotaTrials } from './managed-trials.js';
import { meshTrials } from './mesh-trials.js';
import { nameTrials } from './name-trials.js';
import { objectTrials } from './object-trials.js';
import { PlainObjects } from './plain-objects.js';
import { podSecurityTrials } from './pod-security-trials.js';
import { podTrials } from './pod-trials.js';
import { routeTrials } from './route-trials.js';
import { scarceTrials } from './scarce-trials.js';
import { sizeTrials } from './size-trials.js';
import { type TrialCheck } from './trial.js';

/**
 * Returns all checks by trials, with questions for every namespace of the tenant. A pure function of the input: it does
 * not depend on the cluster.
 * @param rendered the result of `renderTenant` for the tenant
 */
export function isolationTrials(tenant: TenantInput, rendered: readonly KubernetesObject[]): TrialCheck[] {
  const checks = new Map<string, TrialCheck>();
  for (const { namespace } of tenant.environments) {
    const ofNamespace = [
      ...podSecurityTrials(tenant, namespace),
      ...podTrials(tenant, namespace),
      ...meshTrials(tenant, namespace),
      ...objectTrials(tenant, namespace),
      ...routeTrials(tenant, namespace),
      ...nameTrials(new PlainObjects(tenant, namespace)),
      ...scarceTrials(tenant, new PlainObjects(tenant, namespace)),
      ...sizeTrials(new PlainObjects(tenant, namespace)),
      ...managedTrials(tenant, namespace, rendered),
      ...quotaTrials(tenant, namespace),
    ];
    for (const check of ofNamespace) {
      const known = checks.get(check.id);
      if (known === undefined) checks.set(check.id, check);
      else known.questions.push(...check.questions);
    }
  }
  return [...checks.values()];
}
