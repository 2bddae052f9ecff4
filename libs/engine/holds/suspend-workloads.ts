import { isCutOff } from '#isolation';
import { isRoleNotGrantable, keyOf, type LiveObject, objectName, suspendableResources } from '#kube';

import { PassWaiting, type Restricted } from '../pass/outcome.js';
import { type Pass } from '../pass/pass.js';
import { restrictedBy } from './restricted-tenant.js';
import { resumeWorkloads } from './resume-workloads.js';
import { isOvertaken, listWorkloads, tryWorkloads } from './workload-access.js';
import { isLonePod, ownersAmong, suspensionOf } from './workload-suspension.js';

/** Looks at the workloads in one pass before we conclude that something else restarts them. */
const MOST_ROUNDS = 4;
const RECHECK_MS = 5_000;
/** Kubernetes' default grace for pods. */
const LONGEST_GRACE_S = 30;

interface Kind {
  apiVersion: string;
  kind: string;
}

/** Objects written by tenants that give access to their namespaces or open traffic for their pods. */
const accessKinds: readonly Kind[] = [
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
];

/**
 * Withdraws the access that a tenant that is cut off granted itself: empties its own bindings, and the rules of its own
 * policies. A tenant that is not cut off costs no request.
 * @throws LeaseLost, StepFailed; PassWaiting while something restores them
 */
export async function withdrawAccess(pass: Pass): Promise<void> {
  if (isCutOff(pass.tenant)) await suspend(pass, accessKinds, namespacesOf(pass));
}

/**
 * Brings the tenant's workloads into the state that its holds demand: scaled to zero while it is suspended, restored
 * once it is not. Restores withdrawn access of a tenant that is no longer cut off. A tenant that is not suspended, and
 * was not, costs no request.
 * @returns what the holds mean for the tenant's users; null: it can be used
 * @throws LeaseLost, StepFailed; PassWaiting while something restarts the workloads
 */
export async function holdWorkloads(pass: Pass): Promise<Restricted | null> {
  const { tenant } = pass;
  const namespaces = namespacesOf(pass);
  const { suspended } = tenant.restriction;
  if (suspended) await suspend(pass, suspendableResources, namespaces);
  const due = tenant.suspendedWorkloads.filter(({ kind }) => (isAccess(kind) ? !isCutOff(tenant) : !suspended));
  if (due.length > 0) await resumeWorkloads(pass, due, namespaces);
  return restrictedBy(tenant.restriction, {
    endingPods: suspended ? await endLonePods(pass, namespaces) : [],
    // The last look: what was written before the namespaces were closed.
    access: isCutOff(tenant) ? await suspend(pass, accessKinds, namespaces) : [],
  });
}

const isAccess = (kind: string): boolean => accessKinds.some((access) => access.kind === kind);

function namespacesOf({ tenant }: Pass): string[] {
  return tenant.environments.map(({ namespace }) => namespace);
}

/**
 * Repeats until a look finds nothing to suspend: a CronJob may start a Job in between. Each workload is remembered
 * before it is suspended, and suspended only in the version that was remembered.
 * @returns names of bindings that the worker has no right to change: those of roles that are not the tenant's, which an
 *   administrator of the cluster made
 */
async function suspend(pass: Pass, kinds: readonly Kind[], namespaces: readonly string[]): Promise<string[]> {
  const refused = new Map<string, string>();
  for (let round = 1; ; round += 1) {
    const objects = await listWorkloads(pass, kinds, namespaces);
    const owners = ownersAmong(objects);
    const workloads = objects.flatMap((object) => {
      const suspension = refused.has(object.metadata.uid) ? null : suspensionOf(object, owners);
      return suspension === null ? [] : [{ object, ...suspension }];
    });
    const [first] = workloads;
    if (first === undefined) return [...refused.values()];
    if (round > MOST_ROUNDS) throw restarted(first.object);
    pass.keeper.assertHeld();
    const remembered = workloads.map(({ object, restore }) => {
      const { uid, resourceVersion } = object.metadata;
      return { ...keyOf(object), uid, resourceVersion, restore };
    });
    await pass.memory.remember(pass.tenant, remembered);
    await tryWorkloads(pass, 'suspend', workloads, async ({ object, suspend }) => {
      const { resourceVersion, uid } = object.metadata;
      try {
        await pass.kube.patch(keyOf(object), { ...suspend, metadata: { resourceVersion } });
      } catch (error) {
        if (isRoleNotGrantable(error)) refused.set(uid, objectName(keyOf(object)));
        else ignoreOvertaken(error);
      }
    });
    if (refused.size > 0) await pass.memory.forget(pass.tenant, [...refused.keys()]);
  }
}

/** The next look finds what an overtaken write missed. */
function ignoreOvertaken(error: unknown): void {
  if (!isOvertaken(error)) throw error;
}

/**
 * Ends pods that belong to no workload: the quota keeps them from coming back. A pod that takes longer to end than a
 * suspension allows is killed.
 * @returns `namespace/name` of those that still run
 */
async function endLonePods(pass: Pass, namespaces: readonly string[]): Promise<string[]> {
  const pods = await listWorkloads(pass, [...suspendableResources, { apiVersion: 'v1', kind: 'Pod' }], namespaces);
  const owners = ownersAmong(pods);
  const lone = pods.filter((pod) => pod.kind === 'Pod' && isLonePod(pod, owners)).map((object) => ({ object }));
  const running = lone.filter(({ object }) => object.metadata.deletionTimestamp === undefined);
  await tryWorkloads(pass, 'suspend', running, ({ object }) =>
    pass.kube.delete(keyOf(object), object.metadata.uid, LONGEST_GRACE_S),
  );
  return lone.map(({ object: { metadata } }) => `${metadata.namespace ?? ''}/${metadata.name}`);
}

function restarted(object: LiveObject): PassWaiting {
  const name = objectName(keyOf(object));
  const message = `Something restores ${name} as soon as it is suspended.`;
  return new PassWaiting({ reason: 'WorkloadRestarted', message, object: name, kind: object.kind }, RECHECK_MS);
}
