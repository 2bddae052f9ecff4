import { MANAGED_BY, MANAGED_BY_LABEL } from '#isolation';
import { type LiveObject } from '#kube';

/** How to suspend a workload, or access to it, and how to restore it: merge patches (RFC 7396). */
export interface Suspension {
  suspend: object;
  restore: object;
}

/** A label that no node carries. As the node selector of a DaemonSet it means: nowhere. */
const NOWHERE = 'bulkhead.io/suspended';

/** The fields of a workload's spec that suspending reads or writes. */
interface WorkloadSpec {
  replicas?: number;
  suspend?: boolean;
  persistentVolumeClaimRetentionPolicy?: { whenScaled?: string };
  template?: { spec?: { nodeSelector?: Record<string, string> } };
  ingress?: readonly object[];
  egress?: readonly object[];
}
interface Binding extends LiveObject {
  subjects?: readonly object[];
}
interface Workload extends LiveObject {
  metadata: LiveObject['metadata'] & { ownerReferences?: { controller?: boolean; uid?: string }[] };
  spec?: WorkloadSpec;
  status?: { conditions?: { type: string; status: string }[] };
}

/** Kinds of existing workloads, by uid. */
export type Owners = ReadonlyMap<string, string>;

/** The kinds of workloads that control objects of a kind. */
const controllersOf: Readonly<Record<string, readonly string[]>> = {
  ReplicaSet: ['Deployment'],
  Pod: ['DaemonSet', 'Job', 'ReplicaSet', 'ReplicationController', 'StatefulSet'],
};

/** Returns the workloads among some objects, by which what they own is known. */
export function ownersAmong(objects: readonly LiveObject[]): Owners {
  const kinds = new Set(Object.values(controllersOf).flat());
  return new Map(objects.filter(({ kind }) => kinds.has(kind)).map(({ kind, metadata }) => [metadata.uid, kind]));
}

/**
 * How to suspend and restore a workload; null if there is nothing to do: it is suspended, it has ended, or it belongs
 * to another workload that is suspended.
 * @param owners workloads that exist; whoever writes an object can name any owner
 */
export function suspensionOf(object: LiveObject, owners: Owners = new Map()): Suspension | null {
  const { kind, spec = {} } = object as Workload;
  switch (kind) {
    case 'Deployment':
      return scaling(spec);
    case 'StatefulSet':
      return keepingVolumes(spec, scaling(spec));
    case 'ReplicaSet':
    case 'ReplicationController':
      return isOwned(object, owners) ? null : scaling(spec);
    case 'CronJob':
      return pausing(spec);
    case 'Job':
      return hasEnded(object) ? null : pausing(spec);
    case 'DaemonSet':
      return unscheduling(spec);
    case 'RoleBinding':
      return isOurs(object) ? null : withdrawing(object);
    case 'NetworkPolicy':
      return isOurs(object) ? null : closing(spec);
    default:
      return null;
  }
}

/** Reports whether a pod runs and belongs to no workload that exists. */
export function isLonePod(pod: LiveObject, owners: Owners): boolean {
  const phase = (pod as { status?: { phase?: string } }).status?.phase;
  const isLive = phase !== 'Succeeded' && phase !== 'Failed';
  return isLive && !isOwned(pod, owners);
}

function isOwned(object: LiveObject, owners: Owners): boolean {
  const kinds = controllersOf[object.kind] ?? [];
  return ((object as Workload).metadata.ownerReferences ?? []).some(
    ({ controller, uid = '' }) => controller === true && kinds.includes(owners.get(uid) ?? ''),
  );
}

/**
 * A HorizontalPodAutoscaler ignores workloads with no replicas (kubernetes.io, Implicit maintenance-mode deactivation).
 */
function scaling({ replicas = null }: { replicas?: number | null }): Suspension | null {
  return replicas === 0 ? null : { suspend: { spec: { replicas: 0 } }, restore: { spec: { replicas } } };
}

/** A StatefulSet may demand that scaling down deletes its volumes; a suspension keeps them. */
function keepingVolumes(spec: WorkloadSpec, suspension: Suspension | null): Suspension | null {
  const { replicas = null, persistentVolumeClaimRetentionPolicy: policy } = spec;
  if (suspension === null || policy?.whenScaled !== 'Delete') return suspension;
  const withVolumes = (count: number | null, whenScaled: string): object => ({
    spec: { replicas: count, persistentVolumeClaimRetentionPolicy: { whenScaled } },
  });
  return { suspend: withVolumes(0, 'Retain'), restore: withVolumes(replicas, 'Delete') };
}

function pausing({ suspend }: WorkloadSpec): Suspension | null {
  return suspend === true
    ? null
    : { suspend: { spec: { suspend: true } }, restore: { spec: { suspend: suspend ?? null } } };
}

function unscheduling({ template }: WorkloadSpec): Suspension | null {
  const before = template?.spec?.nodeSelector?.[NOWHERE];
  const toNodes = (value: string | null): object => ({
    spec: { template: { spec: { nodeSelector: { [NOWHERE]: value } } } },
  });
  return before === 'true' ? null : { suspend: toNodes('true'), restore: toNodes(before ?? null) };
}

function isOurs({ metadata }: LiveObject): boolean {
  return metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY;
}

/** Removes the subjects: the role of a binding is immutable, and a deleted binding could be recreated as it was. */
function withdrawing({ subjects = [] }: Binding): Suspension | null {
  return subjects.length === 0 ? null : { suspend: { subjects: [] }, restore: { subjects } };
}

/** Removes the rules. A policy without rules opens nothing, and NetworkPolicies only add to each other. */
function closing({ ingress = [], egress = [] }: WorkloadSpec): Suspension | null {
  if (ingress.length + egress.length === 0) return null;
  const kept = (rules: readonly object[]): readonly object[] | null => (rules.length === 0 ? null : rules);
  return {
    suspend: { spec: { ingress: null, egress: null } },
    restore: { spec: { ingress: kept(ingress), egress: kept(egress) } },
  };
}

function hasEnded(object: LiveObject): boolean {
  const { status } = object as Workload;
  const ends = ['Complete', 'Failed'];
  return (status?.conditions ?? []).some(({ type, status: value }) => ends.includes(type) && value === 'True');
}
