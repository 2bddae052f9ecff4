import { type ApiResource } from '#kube';
import { type DriftedField, type DriftKind, type LinkInForce } from '#tenancy';

import { type InventoryEntry } from '../lease/leased-tenant.js';
import { type Caveats, type Restricted } from './outcome.js';

/** Observations of the last pass of a deletion. */
export interface DeletionEvidence extends Omit<SweepResult, 'found'> {
  /** Namespaces with names of the tenant's environments that belong to someone else. */
  namespacesOfOthers: readonly string[];
  apiServerVersion: string;
}

/** An object that should not exist. */
export interface FoundObject {
  /** `apiVersion/Kind/[namespace/]name` */
  object: string;
  uid: string;
  finalizers: string[];
  /** ISO 8601; null unless the object is being deleted. */
  deletionTimestamp: string | null;
}

export type ResourceName = Pick<ApiResource, 'group' | 'version' | 'resource'>;

/** Result of searching the whole cluster for objects of one tenant. */
export interface SweepResult {
  found: FoundObject[];
  searched: ResourceName[];
  notLookedAt: (ResourceName & { reason: string })[];
}

/** One object that is no longer as Bulkhead left it. */
export interface DriftedObject {
  /** `apiVersion/Kind/[namespace/]name` */
  object: string;
  /** Such as `NetworkPolicy`. */
  objectKind: string;
  kind: DriftKind;
  /** Empty when the object is missing. */
  fields: DriftedField[];
  /** True if the pass reports the drift without healing it. */
  left: boolean;
}

/** The drift found by one pass. */
export interface DriftNote {
  /** ISO 8601 */
  detectedAt: string;
  objects: DriftedObject[];
}

/** An object that leaves the inventory. */
export type RemovedEntry = Pick<InventoryEntry, 'apiVersion' | 'kind' | 'namespace' | 'name'>;

/** One write to the cluster: the object's kind, and the resource version that the write produced. */
export interface Write {
  apiVersion: string;
  kind: string;
  version: string;
}

/** Everything that the phases of a pass did and found so far and that the pass's result needs. */
export interface Findings {
  /** Objects that were written, or that another client had written to and that still match. */
  readonly applied: readonly InventoryEntry[];
  /** Writes that the watches have yet to report. In no particular order. */
  readonly written: readonly Write[];
  /** Objects of the inventory that are no longer rendered. */
  readonly removed: readonly RemovedEntry[];
  /** Null: nothing drifted, or the pass ended before it looked. */
  readonly drift: DriftNote | null;
  /** Links whose objects on the tenant's side are in place; empty if the pass ended before. */
  readonly links: readonly LinkInForce[];
  /** Why the tenant is unusable although it matches its desired state; null: it is usable. */
  readonly restricted: Restricted | null;
  /** Conditions that are not plainly True although every object matches. */
  readonly caveats: Caveats;
  /** Null unless the search at the end of a deletion found nothing. */
  readonly evidence: DeletionEvidence | null;
}

/** One phase's addition to the findings. */
export type Finding = Partial<Findings>;

export const noFindings: Findings = {
  applied: [],
  written: [],
  removed: [],
  drift: null,
  links: [],
  restricted: null,
  caveats: {},
  evidence: null,
};

/** Adds a finding to what is known. `applied`, `written` and `removed` grow; everything else is replaced. */
export function fold<Known extends Findings, Found extends Finding>(known: Known, finding: Found): Known & Found {
  return {
    ...known,
    ...finding,
    applied: joined(known.applied, finding.applied),
    written: joined(known.written, finding.written),
    removed: joined(known.removed, finding.removed),
  };
}

function joined<T>(known: readonly T[], more: readonly T[] = []): readonly T[] {
  return more.length === 0 ? known : [...known, ...more];
}
