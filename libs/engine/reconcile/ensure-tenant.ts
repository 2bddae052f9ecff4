import { type ClusterFacts, type KubernetesObject, renderTenant } from '#isolation';
import { type CachedObject, isWorkloadKind } from '#kube';

import { type Removable, removeObjects, repairWave } from '../apply/apply.js';
import { opens, removalOrder, restricts, wavesOf } from '../apply/waves.js';
import { findDrift } from '../drift/find-drift.js';
import { markCutOff } from '../holds/mark-cut-off.js';
import { holdWorkloads, withdrawAccess } from '../holds/suspend-workloads.js';
import { type InventoryEntry } from '../lease/leased-tenant.js';
import { refuseAbsent } from '../observe/absent-kinds.js';
import { type Difference, difference } from '../observe/difference.js';
import { examine, type Repair } from '../observe/examine.js';
import { existingObjects, unlabelledObjects } from '../observe/existing-objects.js';
import { refuseForeign, refuseTerminating } from '../observe/namespace-end.js';
import { type Finding } from '../pass/findings.js';
import { type Pass } from '../pass/pass.js';
import { caveatsOf } from '../settle/caveats.js';

/** Values that the phases of a pass hand on to each other; all but `cluster` are empty until their phase has run. */
export interface EnsureScope {
  /** Set before the first phase. */
  readonly cluster: ClusterFacts;
  /** Set by `render`: the object set, except objects of kinds that the cluster does not serve. */
  readonly rendered: readonly KubernetesObject[];
  /** Set by `render`: objects of the set of kinds that the cluster does not serve. */
  readonly unserved: readonly KubernetesObject[];
  /** Set by `observe`: the tenant's objects before the pass, by `objectName`. */
  readonly existing: ReadonlyMap<string, CachedObject>;
  /** Set by `examine`, reduced by `findDrift`: objects to write. */
  readonly repairs: readonly Repair[];
  /** Set by `examine`, reduced by `findDrift`: objects that should not exist. */
  readonly unexpected: readonly CachedObject[];
  /** Set by `examine`: objects that others have written to and that still match. */
  readonly harmless: readonly InventoryEntry[];
  /** Set by `examine`: entries of the inventory that are no longer rendered. */
  readonly forget: Difference['forget'];
  /** Set by `findExcess`: objects to delete that open traffic or give access. */
  readonly openExcess: readonly Removable[];
  /** Set by `findExcess`: the other objects to delete. */
  readonly otherExcess: readonly Removable[];
}

export function ensureStart(cluster: ClusterFacts): EnsureScope {
  return {
    cluster,
    rendered: [],
    unserved: [],
    existing: new Map(),
    repairs: [],
    unexpected: [],
    harmless: [],
    forget: [],
    openExcess: [],
    otherExcess: [],
  };
}

export function render({ tenant, cache }: Pass, { cluster }: EnsureScope): Partial<EnsureScope> {
  const objects = renderTenant({ ...tenant, cluster });
  const unserved = objects.filter((object) => !cache.isServed(object));
  const rendered = unserved.length === 0 ? objects : objects.filter((object) => cache.isServed(object));
  return { rendered, unserved };
}

export async function observe(pass: Pass): Promise<Partial<EnsureScope>> {
  return { existing: await existingObjects(pass) };
}

/**
 * Compares the object set with the inventory and the existing objects, and reads the objects in doubt. Leaves workloads
 * to `ensureWorkloads`.
 * @throws PassFailed if a namespace belongs to someone else, PassWaiting if one is terminating
 */
export async function examineSuspects(
  { kube, tenant }: Pass,
  { rendered, existing }: EnsureScope,
): Promise<Partial<EnsureScope>> {
  const isOwnKind = ({ kind }: { kind: string }): boolean => !isWorkloadKind(kind);
  const { suspects, unexpected, forget } = difference(
    rendered.filter(isOwnKind),
    tenant.inventory.filter(isOwnKind),
    existing,
  );
  const { repairs, harmless, terminating, foreign } = await examine(kube, tenant, suspects);
  refuseForeign(foreign);
  refuseTerminating(terminating);
  return { repairs, unexpected, harmless, forget };
}

export function separateDrift(pass: Pass, work: EnsureScope): Promise<Finding & Partial<EnsureScope>> {
  return findDrift(pass, { repairs: work.repairs, unexpected: work.unexpected });
}

/** Finds the objects to delete: those that are labelled, and those that lost their label. */
export async function findExcess(
  { kube }: Pass,
  { repairs, unexpected, forget, existing }: EnsureScope,
): Promise<Partial<EnsureScope>> {
  const excess = [...unexpected.map(removable), ...(await unlabelledObjects(kube, forget, existing))];
  const isOpening = opens(repairs);
  return {
    openExcess: excess.filter(isOpening),
    otherExcess: excess.filter((object) => !isOpening(object)),
  };
}

/** @throws as `markCutOff` */
export async function markNamespaces(pass: Pass, { repairs }: EnsureScope): Promise<Partial<EnsureScope>> {
  return { repairs: await markCutOff(pass, repairs, (namespaces) => repairWave(pass, namespaces)) };
}

/** @throws LeaseLost, StepFailed */
export async function pruneOpen(pass: Pass, { openExcess }: EnsureScope): Promise<Finding> {
  await removeObjects(pass, openExcess);
  return {};
}

/** @throws as `withdrawAccess` */
export async function withdrawOwnAccess(pass: Pass): Promise<Finding> {
  await withdrawAccess(pass);
  return {};
}

/**
 * Applies the repairs wave by wave. As long as objects that should restrict the tenant cannot be created, nothing more
 * is opened; what is open already is kept.
 * @throws LeaseLost, StepFailed, PassFailed
 */
export async function applyWaves(pass: Pass, { repairs, unserved }: EnsureScope): Promise<Finding> {
  const allowed = unserved.length === 0 ? repairs : repairs.filter(restricts);
  for (const wave of wavesOf(allowed)) {
    pass.keeper.assertHeld();
    await repairWave(pass, wave);
  }
  return { links: pass.tenant.links };
}

/** @throws as `holdWorkloads` */
export async function suspendOrResume(pass: Pass): Promise<Finding> {
  return { restricted: await holdWorkloads(pass) };
}

export function collectCaveats({ tenant }: Pass, { cluster }: EnsureScope): Finding {
  return { caveats: caveatsOf(cluster, tenant) };
}

/** @throws LeaseLost, StepFailed */
export async function pruneRest(pass: Pass, { otherExcess, harmless, forget }: EnsureScope): Promise<Finding> {
  for (const group of removalOrder(otherExcess)) await removeObjects(pass, group);
  return { applied: harmless, removed: forget };
}

/** @throws PassWaiting if the cluster does not serve all kinds of the object set */
export function refuseUnserved(_pass: Pass, { unserved }: EnsureScope): Finding {
  refuseAbsent(unserved);
  return {};
}

function removable({ apiVersion, kind, namespace, name, uid }: CachedObject): Removable {
  return { apiVersion, kind, metadata: { namespace, name, uid } };
}
