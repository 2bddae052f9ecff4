import { compare } from '#compare';
import { type KubernetesObject } from '#isolation';
import { type CachedObject, hashOf, isWorkloadKind, type LiveObject, nameOf, objectName } from '#kube';

import { removeObjects, tryAll } from '../apply/apply.js';
import { wavesOf } from '../apply/waves.js';
import { type InventoryEntry } from '../lease/leased-tenant.js';
import { entryOf, type Repair } from '../observe/examine.js';
import { isStanding } from '../observe/namespace-end.js';
import { PassFailed } from '../pass/outcome.js';
import { type Pass } from '../pass/pass.js';
import { applyWorkload } from './apply-workload.js';
import { observeWorkloads, workloadsOf } from './observe-workloads.js';

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
 * @param standing what stood before this pass; in a namespace that the pass made, no workload can stand yet
 * @throws LeaseLost, PassFailed, StepFailed, KubeError
 */
export async function ensureWorkloads(
  pass: Pass,
  rendered: readonly KubernetesObject[],
  standing: ReadonlyMap<string, CachedObject>,
): Promise<void> {
  const { tenant, kube, keeper, result } = pass;
  if (tenant.restriction.suspended || tenant.restriction.quarantined) return;
  const workloads = rendered.filter(({ kind }) => isWorkloadKind(kind));
  refuseRepeats(workloads);
  const before = [...tenant.inventory, ...standing.values()].filter(({ kind }) => kind === 'Namespace');
  const live = await observeWorkloads(kube, tenant, workloads, new Set(before.map(({ name }) => name)));
  const inventory = workloadsOf(tenant.inventory);
  for (const wave of wavesOf(repairsOf(workloads, live, inventory).filter((repair) => !hasRun(pass, repair)))) {
    keeper.assertHeld();
    await applyWave(pass, wave);
  }
  const wanted = new Set(workloads.map(nameOf));
  // One that is ending already waits for somebody's finalizer; asking again would not help.
  const excess = live.filter((object) => !wanted.has(nameOf(object)) && isStanding(object));
  await removeObjects(
    pass,
    excess.filter(({ kind }) => !keptKinds.has(kind)),
  );
  const forget = inventory.filter((entry) => !wanted.has(objectName(entry)));
  await noteKept(pass, forget);
  result.removed = [...result.removed, ...forget];
}

/** What differs from what is rendered, or was applied in another form. */
function repairsOf(
  workloads: readonly KubernetesObject[],
  live: readonly LiveObject[],
  inventory: readonly InventoryEntry[],
): Repair[] {
  const standing = new Map(live.map((object) => [nameOf(object), object]));
  const applied = new Map(inventory.map((entry) => [objectName(entry), entry.renderedHash]));
  return workloads.flatMap((object): Repair[] => {
    const found = standing.get(nameOf(object));
    const isRight = found !== undefined && compare(object, found).complete;
    if (isRight && applied.get(nameOf(object)) === hashOf(object)) return [];
    return [{ object, write: 'apply', removal: null, live: found ?? null }];
  });
}

async function applyWave({ kube, result }: Pass, wave: readonly Repair[]): Promise<void> {
  await tryAll(wave, async ({ object, live }) => {
    await result.steps.run('apply', { object: nameOf(object), kind: object.kind }, async () => {
      result.applied.push(entryOf(object, await applyWorkload(kube, object, live ?? null)));
    });
  });
}

/**
 * Whether a Job was applied in this very form and is gone. Jobs end, and many are removed when they have; one that was
 * put back would run again at every look. It does run again in a namespace that was made anew.
 */
function hasRun({ tenant, result }: Pass, { object, live }: Repair): boolean {
  if (object.kind !== 'Job' || live !== null) return false;
  const name = nameOf(object);
  const applied = tenant.inventory.find((entry) => objectName(entry) === name);
  if (applied?.renderedHash !== hashOf(object)) return false;
  const isNamespace = ({ kind, name: of }: InventoryEntry): boolean => kind === 'Namespace' && of === applied.namespace;
  const before = tenant.inventory.find(isNamespace)?.uid;
  const now = result.applied.find(isNamespace)?.uid ?? before;
  return before === now;
}

/** Says on the operation what left the plan and was not removed. */
async function noteKept({ result }: Pass, forgotten: readonly InventoryEntry[]): Promise<void> {
  for (const entry of forgotten.filter(({ kind }) => keptKinds.has(kind))) {
    await result.steps.run('keep', { object: objectName(entry), kind: entry.kind }, () => Promise.resolve());
  }
}

/** @throws PassFailed when variables made two names the same: each pass would apply one and then the other. */
function refuseRepeats(workloads: readonly KubernetesObject[]): void {
  const names = workloads.map(nameOf);
  const index = names.findIndex((name, at) => names.indexOf(name) !== at);
  const repeated = workloads[index];
  if (repeated === undefined) return;
  const object = nameOf(repeated);
  throw new PassFailed({
    reason: 'WorkloadRepeated',
    message: `With its variables filled in, the plan has ${object} twice.`,
    ...{ object, kind: repeated.kind },
  });
}
