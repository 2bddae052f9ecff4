import {
  type Condition,
  type IsolationFindings,
  type OperationStep,
  type DesiredTenant,
  type TenantPhase,
} from '#tenancy';

import { type RememberedWorkload } from './remembered-workload.js';

/** An entry of the inventory: an object that an earlier pass applied. */
export interface InventoryEntry {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  renderedHash: string;
  /** `fingerprintOf` the object when it last matched; null if it was never seen to match. */
  fingerprint: string | null;
}

/** A tenant as read by the holder of its lease: everything that one pass needs, in one snapshot. */
export interface LeasedTenant extends DesiredTenant {
  epoch: string;
  /** `wakes` of its row: if it has risen at the end of the pass, another pass was requested during this one. */
  wakes: number;
  phase: TenantPhase;
  observedGeneration: number;
  failureCount: number;
  /** Answers that refused passes since the last change of the tenant or success. */
  refusals: { count: number; forMs: number };
  conditions: Condition[];
  deletionRequested: boolean;
  /** The deletion is scheduled and has not begun: the tenant is out of service, and its data is kept. */
  deletionScheduled: boolean;
  /** Failed checks of the last isolation check; null if none failed, or there was no check. */
  isolationFindings: IsolationFindings | null;
  inventory: InventoryEntry[];
  /** Workloads that are suspended. */
  suspendedWorkloads: RememberedWorkload[];
  /** Hosts that it has lost and that its own objects may still name. */
  releasedHosts: string[];
  /** Steps of the open operation, from earlier passes. */
  steps: OperationStep[];
}
