import { compare } from '#compare';
import { type KubernetesObject } from '#isolation';
import { type CachedObject, hashOf, isWorkloadKind, type LiveObject, nameOf, objectName } from '#kube';

import { removeObjects, tryAll } from '../apply/apply.js';
import { wavesOf } from '../apply/waves.js';
import { type InventoryEntry } from '../lease/leased-tenant.js';
import { entryOf, type Repair } from '../observe/examine.js';
import { isTerminating } from '../observe/namespace-end.js';
import { type Finding } from '../pass/findings.js';
import { PassFailed } from '../pass/outcome.js';
import { type Pass } from '../pass/pass.js';
import { applyWorkload } from './apply-workload.js';
import { observeWorkloads, workloadsOf } from './observe-workloads.js';

/** Findings of earlier phases that the workloads depend on. */
interface KnownObjects {
  /** Every object that was rendered for the tenant. */
  rendered: readonly KubernetesObject[];
  /** The tenant's objects before this pass; a namespace that the pass created cannot contain workloads yet. */
  existing: ReadonlyMap<string, CachedObject>;
  /** Objects that this pass has applied. */
  applied: readonly InventoryEntry[];
}

/** Kinds that hold data: when they are no longer rendered, they are left to the tenant instead of pruned. */
const keptKinds = new Set(['PersistentVolumeClaim']);

/**
 * Ensures the plan's dedicated workloads: observe → compare → apply → prune, all as the deployer of each namespace.
 * Runs when all other objects of the tenant exist, because it needs the deployer's binding, and because nothing may run
 * before the objects that restrict it.
 *
 * The workloads of a restricted tenant (suspended, quarantined) are left alone: neither applied, which would start them
 * again, nor pruned, and they stay in the inventory.
 * @throws LeaseLost, PassFailed, StepFailed, KubeError
 */
export async function ensureWorkloads(
  pass: Pass,
  { rendered, existing, applied }: KnownObjects,
): Promise<Pick<Finding, 'removed'>> {
  const { tenant, kube, keeper } = pass;
  if (tenant.restriction.suspended || tenant.restriction.quarantined) return {};
  const workloads = rendered.filter(({ kind }) => isWorkloadKind(kind));
  refuseDuplicates(workloads);
  const before = [...tenant.inventory, ...existing.values()].filter(({ kind }) => kind === 'Namespace');
  const live = await observeWorkloads(kube, tenant, workloads, new Set(before.map(({ name }) => name)));
  const inventory = workloadsOf(tenant.inventory);
  const repairs = repairsOf(workloads, live, inventory).filter((repair) => !hasRun(tenant.inventory, applied, repair));
  for (const wave of wavesOf(repairs)) {
    keeper.assertHeld();
    await applyWave(pass, wave);
  }
  const renderedNames = new Set(workloads.map(nameOf));
  // One that is terminating waits for a finalizer; deleting it again would not help.
  const excess = live.filter((object) => !renderedNames.has(nameOf(object)) && !isTerminating(object));
  await removeObjects(
    pass,
    excess.filter(({ kind }) => !keptKinds.has(kind)),
  );
  const forget = inventory.filter((entry) => !renderedNames.has(objectName(entry)));
  await recordKept(pass, forget);
  return { removed: forget };
}

/** Workloads that differ from how they are rendered, or were applied in another form. */
function repairsOf(
  workloads: readonly KubernetesObject[],
  live: readonly LiveObject[],
  inventory: readonly InventoryEntry[],
): Repair[] {
  const liveByName = new Map(live.map((object) => [nameOf(object), object]));
  const applied = new Map(inventory.map((entry) => [objectName(entry), entry.renderedHash]));
  return workloads.flatMap((object): Repair[] => {
    const found = liveByName.get(nameOf(object));
    const matches = found !== undefined && compare(object, found).complete;
    if (matches && applied.get(nameOf(object)) === hashOf(object)) return [];
    return [{ object, write: 'apply', removal: null, live: found ?? null }];
  });
}

async function applyWave({ kube, steps, report }: Pass, wave: readonly Repair[]): Promise<void> {
  await tryAll(wave, async ({ object, live }) => {
    await steps.run('apply', { object: nameOf(object), kind: object.kind }, async () => {
      report({ applied: [entryOf(object, await applyWorkload(kube, object, live ?? null))] });
    });
  });
}

/**
 * Reports whether a Job was applied in this very form and is gone. Jobs end, and many are removed afterwards; one that
 * was put back would run again after every pass. It does run again in a namespace that was created anew.
 */
function hasRun(
  inventory: readonly InventoryEntry[],
  applied: readonly InventoryEntry[],
  { object, live }: Repair,
): boolean {
  if (object.kind !== 'Job' || live !== null) return false;
  const name = nameOf(object);
  const job = inventory.find((entry) => objectName(entry) === name);
  if (job?.renderedHash !== hashOf(object)) return false;
  const isNamespace = (entry: InventoryEntry): boolean => entry.kind === 'Namespace' && entry.name === job.namespace;
  const before = inventory.find(isNamespace)?.uid;
  const now = applied.find(isNamespace)?.uid ?? before;
  return before === now;
}

/** Records on the operation what left the plan and was not removed. */
async function recordKept({ steps }: Pass, forgotten: readonly InventoryEntry[]): Promise<void> {
  for (const entry of forgotten.filter(({ kind }) => keptKinds.has(kind))) {
    await steps.run('keep', { object: objectName(entry), kind: entry.kind }, () => Promise.resolve());
  }
}

/** @throws PassFailed if variables gave two workloads the same name: each pass would apply both in turn. */
function refuseDuplicates(workloads: readonly KubernetesObject[]): void {
  const names = workloads.map(nameOf);
  const index = names.findIndex((name, at) => names.indexOf(name) !== at);
  const repeated = workloads[index];
  if (repeated === undefined) return;
  const object = nameOf(repeated);
  throw new PassFailed({
    reason: 'WorkloadRepeated',
    message: `The plan contains ${object} twice once its variables are filled in.`,
    object,
    kind: repeated.kind,
  });
}
