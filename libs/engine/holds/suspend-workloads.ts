import { isCutOff } from '#isolation';
import { keyOf, type LiveObject, objectName, suspendableResources } from '#kube';

import { PassWaiting } from '../pass/outcome.js';
import { type Pass } from '../pass/pass.js';
import { settledUnder } from './held-tenant.js';
import { resumeWorkloads } from './resume-workloads.js';
import { isOvertaken, listWorkloads, tryWorkloads } from './workload-access.js';
import { isLonePod, suspensionOf } from './workload-suspension.js';

/** How often workloads are looked at in one pass before those that come back are somebody's doing. */
const MOST_ROUNDS = 4;
const RECHECK_MS = 5_000;

interface Kind {
  apiVersion: string;
  kind: string;
}

/** What tenants write that gives access to their namespaces, or opens ways for their pods. */
const accessKinds: readonly Kind[] = [
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
];

/**
 * Takes from a tenant that is cut off what it gave itself: its own bindings name nobody, its own policies open nothing.
 * A tenant that is not cut off costs no request.
 * @throws LeaseLost, StepFailed, PassWaiting while somebody brings them back
 */
export async function withdrawAccess(pass: Pass): Promise<void> {
  if (isCutOff(pass.tenant)) await suspend(pass, accessKinds, namesOf(pass));
}

/**
 * Makes the tenant's workloads what its holds want: down while it is suspended, as they were before once it is not.
 * Gives back what was withdrawn from a tenant that is no longer cut off.
 * A tenant that is not suspended, and was not, costs no request.
 * @throws LeaseLost, StepFailed, PassWaiting while somebody brings the workloads up again
 */
export async function holdWorkloads(pass: Pass): Promise<void> {
  const { tenant, result } = pass;
  const names = namesOf(pass);
  const { suspended } = tenant.restriction;
  if (suspended) await suspend(pass, suspendableResources, names);
  const due = tenant.suspendedWorkloads.filter(({ kind }) =>
    accessKinds.some((access) => access.kind === kind) ? !isCutOff(tenant) : !suspended,
  );
  if (due.length > 0) await resumeWorkloads(pass, due, names);
  result.outcome = settledUnder(tenant.restriction, suspended ? await lonePods(pass, names) : []);
}

function namesOf({ tenant }: Pass): string[] {
  return tenant.environments.map(({ namespace }) => namespace);
}

/**
 * Looks until a look finds nothing to take down: a CronJob may start a Job between the two. Each workload is
 * remembered before it is taken down, and is taken down only as it was remembered.
 */
async function suspend(pass: Pass, kinds: readonly Kind[], namespaces: readonly string[]): Promise<void> {
  for (let round = 1; ; round += 1) {
    const objects = await listWorkloads(pass, kinds, namespaces);
    const workloads = objects.flatMap((object) => {
      const suspension = suspensionOf(object);
      return suspension === null ? [] : [{ object, ...suspension }];
    });
    const [first] = workloads;
    if (first === undefined) return;
    if (round > MOST_ROUNDS) throw stillRunning(first.object);
    pass.keeper.assertHeld();
    const remembered = workloads.map(({ object: { metadata, ...object }, restore }) => ({
      ...keyOf({ ...object, metadata }),
      ...{ uid: metadata.uid, resourceVersion: metadata.resourceVersion, restore },
    }));
    await pass.memory.remember(pass.tenant, remembered);
    await tryWorkloads(pass, 'suspend', workloads, async ({ object, suspend }) => {
      const { resourceVersion } = object.metadata;
      await pass.kube.patch(keyOf(object), { ...suspend, metadata: { resourceVersion } }).catch(ignoreOvertaken);
    });
  }
}

/** The next look sees what a write that came too late would have changed. */
function ignoreOvertaken(error: unknown): void {
  if (!isOvertaken(error)) throw error;
}

async function lonePods(pass: Pass, namespaces: readonly string[]): Promise<string[]> {
  const pods = await listWorkloads(pass, [{ apiVersion: 'v1', kind: 'Pod' }], namespaces);
  return pods.filter(isLonePod).map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
}

function stillRunning(object: LiveObject): PassWaiting {
  const name = objectName(keyOf(object));
  const message = `Something brings ${name} back as soon as it is taken down.`;
  return new PassWaiting({ reason: 'WorkloadRestarted', message, object: name, kind: object.kind }, RECHECK_MS);
}
