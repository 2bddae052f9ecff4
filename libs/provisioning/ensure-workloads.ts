import { type KubernetesObject } from '#isolation';
import { isWorkloadKind, type LiveObject, objectName } from '#kube';

import { tryAll } from './apply.js';
import { applyWorkload } from './apply-workload.js';
import { difference, hashOf, keyOf, type Repair } from './difference.js';
import { type InventoryEntry } from './lease.js';
import { isStanding } from './namespace-end.js';
import { observeWorkloads, workloadsOf } from './observe-workloads.js';
import { PassFailed } from './outcome.js';
import { type Pass, removeObjects } from './pass.js';
import { wavesOf } from './waves.js';

/** Kinds that hold data: no longer rendered, they are left to the tenant instead of pruned. */
const keptKinds = new Set(['PersistentVolumeClaim']);

/**
 * Makes the plan's dedicated services stand: observe → compare → apply → prune, all of it as the deployer of each
 * namespace. Runs when everything else of the tenant stands, because it needs the deployer's binding, and because
 * nothing may run before what restricts it.
 *
 * A tenant under a restriction (suspended, quarantined) is left alone: its workloads are neither applied, which would
 * start them again, nor pruned, and they stay in the inventory.
 * @param rendered all that was rendered for the tenant
 * @param namespaces of the tenant that stood before this pass: in one that it made nothing can stand yet
 * @throws LeaseLost, PassFailed, StepFailed, KubeError
 */
export async function ensureWorkloads(
  pass: Pass,
  rendered: readonly KubernetesObject[],
  namespaces: readonly LiveObject[],
): Promise<void> {
  const { tenant, kube, keeper, result } = pass;
  if (isRestricted(tenant)) return;
  const workloads = rendered.filter(({ kind }) => isWorkloadKind(kind));
  refuseRepeats(workloads);
  const live = await observeWorkloads(
    kube,
    tenant,
    workloads,
    namespaces.map(({ metadata }) => metadata.name),
  );
  const change = difference(workloads, live, workloadsOf(tenant.inventory));
  const repair = change.repair.filter(({ object }) => !hasRun(pass, object, live));
  for (const wave of wavesOf(repair)) {
    keeper.assertHeld();
    await applyWave(pass, wave, live);
  }
  // One that is ending already waits for somebody's finalizer; asking again would not help.
  const prune = change.prune.filter((object) => isStanding(object) && !keptKinds.has(object.kind));
  await removeObjects(pass, prune);
  await noteKept(pass, change.forget);
  result.removed = [...result.removed, ...change.forget];
}

async function applyWave({ kube, result }: Pass, wave: readonly Repair[], live: readonly LiveObject[]): Promise<void> {
  await tryAll(wave, async ({ object }) => {
    const key = keyOf(object);
    const standing = live.find((other) => objectName(keyOf(other)) === objectName(key));
    await result.steps.run('apply', { object: objectName(key), kind: object.kind }, async () => {
      const { metadata } = await applyWorkload(kube, object, standing);
      result.applied.push({ ...key, uid: metadata.uid, renderedHash: hashOf(object) });
    });
  });
}

/**
 * Whether a Job was applied in this very form and is gone. Jobs end, and many are removed when they have; one that was
 * put back would run again at every look. It does run again in a namespace that was made anew.
 */
function hasRun({ tenant, result }: Pass, object: KubernetesObject, live: readonly LiveObject[]): boolean {
  if (object.kind !== 'Job') return false;
  const name = objectName(keyOf(object));
  const applied = tenant.inventory.find((entry) => objectName(entry) === name);
  if (applied?.renderedHash !== hashOf(object)) return false;
  const isNamespace = ({ kind, name: of }: InventoryEntry): boolean => kind === 'Namespace' && of === applied.namespace;
  const before = tenant.inventory.find(isNamespace)?.uid;
  const now = result.applied.find(isNamespace)?.uid ?? before;
  return before === now && !live.some((other) => objectName(keyOf(other)) === name);
}

/** Says on the operation what left the plan and was not removed. */
async function noteKept({ result }: Pass, forgotten: readonly InventoryEntry[]): Promise<void> {
  for (const entry of forgotten.filter(({ kind }) => keptKinds.has(kind))) {
    await result.steps.run('keep', { object: objectName(entry), kind: entry.kind }, () => Promise.resolve());
  }
}

function isRestricted(tenant: object): boolean {
  const { restriction = null } = tenant as { restriction?: unknown };
  return restriction !== null;
}

/** @throws PassFailed when variables made two names the same: each pass would apply one and then the other. */
function refuseRepeats(workloads: readonly KubernetesObject[]): void {
  const names = workloads.map((object) => objectName(keyOf(object)));
  const index = names.findIndex((name, at) => names.indexOf(name) !== at);
  const repeated = workloads[index];
  if (repeated === undefined) return;
  const object = objectName(keyOf(repeated));
  throw new PassFailed({
    reason: 'WorkloadRepeated',
    message: `With its variables filled in, the plan has ${object} twice.`,
    ...{ object, kind: repeated.kind },
  });
}
