import { type ClusterFacts, type KubernetesObject, renderTenant, type TenantMember } from '#isolation';
import {
  isClusterFailure,
  isWorkloadKind,
  keyOf,
  type KubeClient,
  type LiveObject,
  nameOf,
  type ObjectCache,
  objectName,
} from '#kube';
import { type PlanSpec } from '#plans';
import { type ObjectChange, type PreviewProblem, type TenantPreview } from '#tenancy';
import pMap from 'p-map';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { absentKinds } from '../observe/absent-kinds.js';
import { difference } from '../observe/difference.js';
import { examine, type Repair } from '../observe/examine.js';
import { standingObjects, unlabelled } from '../observe/existing-objects.js';
import { standingVerdicts } from '../settle/standing-verdicts.js';
import { changesBetween, withoutFields } from './object-changes.js';
import { workloadChanges } from './preview-workloads.js';
import { quotaFit } from './quota-fit.js';

/** Requests of one preview that are under way at the same time. */
const IN_FLIGHT = 8;
/** Objects that a preview lists; its totals count all. */
const MOST_CHANGES = 500;

/** Where a preview looks. */
export interface PreviewGround {
  kube: KubeClient;
  cache: ObjectCache;
  cluster: ClusterFacts;
}

/** What a tenant would be. */
export interface WantedTenant {
  plan: { id: string; version: number; spec: PlanSpec };
  members: readonly TenantMember[];
  labels: Record<string, string>;
}

/**
 * What making a tenant so would do in the cluster. Every object is tried by the API server without being stored
 * (`dryRun=All`), so that its defaults and its admission have their say. Writes nothing.
 * @throws what `isClusterFailure` names; what the API server refuses is part of the answer.
 */
export async function previewTenant(
  ground: PreviewGround,
  tenant: LeasedTenant,
  wanted: WantedTenant,
): Promise<TenantPreview> {
  const { kube, cache, cluster } = ground;
  const all = renderTenant({ ...tenant, ...wanted, cluster });
  const unserved = all.filter((object) => !cache.isServed(object));
  const rendered = all.filter((object) => isOurs(object) && !unserved.includes(object));
  const standing = await standingObjects({ kube, cache, tenant });
  const { suspects, unexpected, forget } = difference(rendered, tenant.inventory.filter(isOurs), standing);
  const { repairs, ending, foreign } = await examine(kube, tenant, suspects);
  const absent = new Set(
    repairs
      .filter(({ object, live, write }) => object.kind === 'Namespace' && (live === null || write === 'create'))
      .map(({ object }) => object.metadata.name),
  );
  const written = await pMap(repairs, (repair) => tryRepair(kube, repair, absent), { concurrency: IN_FLIGHT });
  const hidden = await unlabelled(kube, forget, standing);
  const doomed = [...unexpected, ...hidden.map((object) => ({ ...keyOf(object) }))];
  const deleted = await pMap(doomed, async (key) => deletionOf(objectName(key), await kube.get(key)), {
    concurrency: IN_FLIGHT,
  });
  const changes = [...written, ...deleted, ...workloadChanges(all, tenant.inventory)].filter(
    (change) => change !== null,
  );
  const count = (action: ObjectChange['action']): number => changes.filter((change) => change.action === action).length;
  return {
    ...{ tenantId: tenant.id, slug: tenant.slug, generation: tenant.generation },
    plan: { id: wanted.plan.id, version: wanted.plan.version },
    changes: changes.slice(0, MOST_CHANGES),
    truncated: changes.length > MOST_CHANGES,
    totals: { create: count('create'), update: count('update'), delete: count('delete') },
    quota: quotaFit(await quotasOf(kube, rendered)),
    problems: [...problemsOf(foreign, ending), ...meshProblems(cluster, wanted.plan.spec, unserved)],
  };
}

function isOurs({ kind }: { kind: string }): boolean {
  return !isWorkloadKind(kind);
}

/** Null when the object would stay as it is. */
async function tryRepair(kube: KubeClient, repair: Repair, absent: ReadonlySet<string>): Promise<ObjectChange | null> {
  const { object, write, removal } = repair;
  const namespace = object.metadata.namespace ?? '';
  if (absent.has(namespace)) {
    const note = `The namespace ${namespace} does not exist yet, so the API server cannot try this; it is shown as rendered.`;
    const fields = changesBetween(null, object);
    return { object: nameOf(object), action: 'create', fields, tried: false, note, refused: null };
  }
  const before = repair.live === undefined ? await kube.get(keyOf(object)) : repair.live;
  const action = before === null ? 'create' : 'update';
  try {
    const applied = write === 'trim' && before !== null ? before : await kube.tryApply(object);
    const after = removal === null ? applied : withoutFields(applied, removal);
    const fields = changesBetween(before, after);
    if (before !== null && fields.length === 0) return null;
    return { object: nameOf(object), action, fields, tried: true, note: null, refused: null };
  } catch (error) {
    if (isClusterFailure(error) || !(error instanceof Error)) throw error;
    const fields = before === null ? changesBetween(null, object) : [];
    return { object: nameOf(object), action, fields, tried: true, note: null, refused: error.message };
  }
}

function deletionOf(object: string, live: LiveObject | null): ObjectChange | null {
  if (live === null) return null;
  const note = 'Deletions are not tried.';
  return { object, action: 'delete', fields: changesBetween(live, null), tried: false, note, refused: null };
}

/** Read anew: the watches know metadata only, and a count that is old misleads. */
async function quotasOf(
  kube: KubeClient,
  rendered: readonly KubernetesObject[],
): Promise<{ rendered: KubernetesObject; live: LiveObject | null }[]> {
  const quotas = rendered.filter(({ kind }) => kind === 'ResourceQuota');
  return pMap(quotas, async (quota) => ({ rendered: quota, live: await kube.get(keyOf(quota)) }), {
    concurrency: IN_FLIGHT,
  });
}

function problemsOf(foreign: readonly LiveObject[], ending: readonly LiveObject[]): PreviewProblem[] {
  return [
    ...foreign.map(({ metadata }) => ({
      code: 'NamespaceNotOwned',
      detail: `The namespace ${metadata.name} exists and does not belong to this tenant.`,
    })),
    ...ending.map(({ metadata }) => ({
      code: 'NamespaceTerminating',
      detail: `The namespace ${metadata.name} is being deleted; nothing can be made in it.`,
    })),
  ];
}

/** What the tenant would ask of a mesh in vain. */
function meshProblems(cluster: ClusterFacts, spec: PlanSpec, absent: readonly KubernetesObject[]): PreviewProblem[] {
  const { MeshReady: verdict } = standingVerdicts(cluster, { plan: { spec }, isolationFindings: null });
  return [
    ...(verdict?.status === 'False' ? [{ code: verdict.reason, detail: verdict.message }] : []),
    ...(absent.length > 0 ? [{ code: 'MeshMissing', detail: absentKinds(absent) }] : []),
  ];
}
