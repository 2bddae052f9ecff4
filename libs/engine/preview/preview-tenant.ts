import {
  type ClusterFacts,
  type ConnectionChange,
  connectionChanges,
  type KubernetesObject,
  type NetworkRule,
  renderTenant,
  ruleChanges,
  type TenantMember,
} from '#isolation';
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
import { existingObjects, unlabelledObjects } from '../observe/existing-objects.js';
import { caveatsOf } from '../settle/caveats.js';
import { changesBetween, withoutFields } from './object-changes.js';
import { workloadChanges } from './preview-workloads.js';
import { quotaFit } from './quota-fit.js';

/** Concurrent requests of one preview. */
const IN_FLIGHT = 8;
/** Changed objects that a preview lists; its totals count all. */
const MOST_CHANGES = 500;
/** Most changes of connections, and most ranges of each, that a preview lists. */
const MOST_CONNECTIONS = 100;
const MOST_RANGES = 100;

/** The cluster that a preview is made for. */
export interface PreviewContext {
  kube: KubeClient;
  cache: ObjectCache;
  cluster: ClusterFacts;
}

/** The part of a tenant's desired state that a preview changes. */
export interface WantedTenant {
  plan: { id: string; version: number; spec: PlanSpec };
  members: readonly TenantMember[];
  labels: Record<string, string>;
  networkRules: readonly NetworkRule[];
}

/**
 * Computes the changes to the cluster that a desired state would cause. The API server tries every object without
 * storing it (`dryRun=All`), so that its defaults and admission apply. Writes nothing.
 * @throws errors for which `isClusterFailure` is true; a refusal by the API server is part of the preview
 */
export async function previewTenant(
  context: PreviewContext,
  tenant: LeasedTenant,
  wanted: WantedTenant,
): Promise<TenantPreview> {
  const { kube, cache, cluster } = context;
  const [now, then] = [
    { ...tenant, cluster },
    { ...tenant, ...wanted, cluster },
  ];
  const all = renderTenant(then);
  const connections = connectionChanges(now, then);
  const unserved = all.filter((object) => !cache.isServed(object));
  const rendered = all.filter((object) => isOwnKind(object) && !unserved.includes(object));
  const existing = await existingObjects({ kube, cache, tenant });
  const { suspects, unexpected, forget } = difference(rendered, tenant.inventory.filter(isOwnKind), existing);
  const { repairs, terminating, foreign } = await examine(kube, tenant, suspects);
  const absent = new Set(
    repairs
      .filter(({ object, live, write }) => object.kind === 'Namespace' && (live === null || write === 'create'))
      .map(({ object }) => object.metadata.name),
  );
  const written = await pMap(repairs, (repair) => tryRepair(kube, repair, absent), { concurrency: IN_FLIGHT });
  const hidden = await unlabelledObjects(kube, forget, existing);
  const doomed = [...unexpected, ...hidden.map((object) => ({ ...keyOf(object) }))];
  const deleted = await pMap(doomed, async (key) => deletionOf(objectName(key), await kube.get(key)), {
    concurrency: IN_FLIGHT,
  });
  const changes = [...written, ...deleted, ...workloadChanges(all, tenant.inventory)].filter(
    (change) => change !== null,
  );
  const count = (action: ObjectChange['action']): number => changes.filter((change) => change.action === action).length;
  return {
    tenantId: tenant.id,
    slug: tenant.slug,
    generation: tenant.generation,
    plan: { id: wanted.plan.id, version: wanted.plan.version },
    changes: changes.slice(0, MOST_CHANGES),
    truncated: changes.length > MOST_CHANGES || isTooLong(connections),
    connections: shortened(connections),
    networkRules: ruleChanges(now, then),
    totals: { create: count('create'), update: count('update'), delete: count('delete') },
    quota: quotaFit(await quotasOf(kube, rendered)),
    problems: [...problemsOf(foreign, terminating), ...meshProblems(cluster, wanted, unserved)],
  };
}

function isTooLong(connections: readonly ConnectionChange[]): boolean {
  return connections.length > MOST_CONNECTIONS || connections.some(({ ranges }) => ranges.length > MOST_RANGES);
}

function shortened(connections: readonly ConnectionChange[]): ConnectionChange[] {
  return connections
    .slice(0, MOST_CONNECTIONS)
    .map(({ ranges, ...each }) => ({ ...each, ranges: ranges.slice(0, MOST_RANGES) }));
}

function isOwnKind({ kind }: { kind: string }): boolean {
  return !isWorkloadKind(kind);
}

/** Null if the object would not change. */
async function tryRepair(kube: KubeClient, repair: Repair, absent: ReadonlySet<string>): Promise<ObjectChange | null> {
  const { object, write, removal } = repair;
  const namespace = object.metadata.namespace ?? '';
  if (absent.has(namespace)) {
    const note = `The namespace ${namespace} does not exist yet, so this was not dry-run; it is shown as rendered.`;
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
  const note = 'Deletions are not dry-run.';
  return { object, action: 'delete', fields: changesBetween(live, null), tried: false, note, refused: null };
}

/** Reads the quotas: the watches deliver only metadata, and an outdated usage misleads. */
async function quotasOf(
  kube: KubeClient,
  rendered: readonly KubernetesObject[],
): Promise<{ rendered: KubernetesObject; live: LiveObject | null }[]> {
  const quotas = rendered.filter(({ kind }) => kind === 'ResourceQuota');
  return pMap(quotas, async (quota) => ({ rendered: quota, live: await kube.get(keyOf(quota)) }), {
    concurrency: IN_FLIGHT,
  });
}

function problemsOf(foreign: readonly LiveObject[], terminating: readonly LiveObject[]): PreviewProblem[] {
  return [
    ...foreign.map(({ metadata }) => ({
      code: 'NamespaceNotOwned',
      detail: `The namespace ${metadata.name} exists and does not belong to this tenant.`,
    })),
    ...terminating.map(({ metadata }) => ({
      code: 'NamespaceTerminating',
      detail: `The namespace ${metadata.name} is being deleted; nothing can be created in it.`,
    })),
  ];
}

/** Features of a mesh that the tenant would need and the cluster lacks. */
function meshProblems(
  cluster: ClusterFacts,
  wanted: WantedTenant,
  absent: readonly KubernetesObject[],
): PreviewProblem[] {
  const { MeshReady: caveat } = caveatsOf(cluster, { ...wanted, isolationFindings: null });
  return [
    ...(caveat?.status === 'False' ? [{ code: caveat.reason, detail: caveat.message }] : []),
    ...(absent.length > 0 ? [{ code: 'MeshMissing', detail: absentKinds(absent) }] : []),
  ];
}
