import {
  type Condition,
  type IsolationFindings,
  type OperationStep,
  type DesiredTenant,
  type TenantPhase,
} from '#tenancy';

import { type RememberedWorkload } from './remembered-workload.js';

/** An object of the inventory: what an earlier pass applied. */
export interface InventoryEntry {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
  renderedHash: string;
  /** As `fingerprintOf` says of the object when it was as rendered; null when that was never seen. */
  fingerprint: string | null;
}

/** A tenant as the holder of its lease read it: everything that one pass needs, in one snapshot. */
export interface LeasedTenant extends DesiredTenant {
  epoch: string;
  phase: TenantPhase;
  observedGeneration: number;
  failureCount: number;
  conditions: Condition[];
  deletionRequested: boolean;
  /** The deletion is scheduled and has not begun: the tenant is to be out of service, its data kept. */
  deletionScheduled: boolean;
  /** What the last isolation check found wrong; null: nothing, or there was none. */
  isolationFindings: IsolationFindings | null;
  inventory: InventoryEntry[];
  /** Workloads that a suspension took down. */
  suspendedWorkloads: RememberedWorkload[];
  /** Steps of the open operation, from passes before this one. */
  steps: OperationStep[];
}
