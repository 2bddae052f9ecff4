import { type ApiResource } from '#kube';
import { type DriftedField, type DriftKind, type LinkInForce } from '#tenancy';

import { type InventoryEntry } from '../lease/leased-tenant.js';
import { type Outcome } from './outcome.js';
import { type StepLog } from './steps.js';

/** What the last pass of a deletion saw. */
export interface DeletionEvidence extends Omit<SweepResult, 'found'> {
  /** Namespaces that have the names of the tenant's and belong to somebody else. */
  namespacesOfOthers: string[];
  apiServerVersion: string;
}

/** An object that should not be there. */
export interface FoundObject {
  /** `apiVersion/Kind/[namespace/]name` */
  object: string;
  uid: string;
  finalizers: string[];
  /** ISO 8601; null when nobody asked for its end. */
  deletionTimestamp: string | null;
}

export type ResourceName = Pick<ApiResource, 'group' | 'version' | 'resource'>;

/** What a search of the whole cluster found of one tenant. */
export interface SweepResult {
  found: FoundObject[];
  searched: ResourceName[];
  notLookedAt: (ResourceName & { reason: string })[];
}

/** One object that is not as Bulkhead left it. */
export interface DriftedObject {
  /** `apiVersion/Kind/[namespace/]name` */
  object: string;
  /** Such as `NetworkPolicy`. */
  objectKind: string;
  kind: DriftKind;
  /** Empty when the object is missing. */
  fields: DriftedField[];
  /** Whether the pass leaves it as it is. */
  left: boolean;
}

/** The drift that one pass found. */
export interface DriftNote {
  /** ISO 8601 */
  detectedAt: string;
  objects: DriftedObject[];
}

/** Of each object that was written its kind, and the version of the cluster (`resourceVersion`) that this made. In no order. */
export type WrittenKinds = { apiVersion: string; kind: string; version: string }[];

/** What a pass did and found. */
export interface PassResult {
  outcome: Outcome;
  steps: StepLog;
  /** Objects that were written, or found to be as rendered although somebody had touched them. */
  applied: InventoryEntry[];
  /** What the watches have to tell of before they know what this pass wrote. */
  written: WrittenKinds;
  /** Objects that were applied once and stand no longer. */
  removed: Pick<InventoryEntry, 'apiVersion' | 'kind' | 'namespace' | 'name'>[];
  /** What others had changed, as the pass found it. */
  drift?: DriftNote;
  /** Links of which the tenant's side stands; absent: the pass did not come so far. */
  links?: readonly LinkInForce[];
  /** Nothing of the tenant is left in the cluster, as was wanted. */
  deleted: boolean;
  /** What the final sweep found; set when `deleted` is. */
  evidence?: DeletionEvidence;
}
