import { type KubeClient, type ObjectCache, type RemovalClient } from '#kube';

import { type LeaseKeeper } from '../lease/lease-keeper.js';
import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type WorkloadMemory } from '../lease/workload-memory.js';
import { type Finding } from './findings.js';
import { type StepLog } from './steps.js';

/** The tenant of a pass, and everything that its phases work with. */
export interface PassContext {
  readonly tenant: LeasedTenant;
  readonly kube: KubeClient;
  readonly cache: ObjectCache;
  readonly removal: RemovalClient;
  readonly keeper: LeaseKeeper;
  readonly memory: WorkloadMemory;
  readonly steps: StepLog;
}

/** A pass under way. */
export interface Pass extends PassContext {
  /** Keeps part of a phase's finding even if the phase fails afterwards. */
  readonly report: (finding: Finding) => void;
}
