import { type KubeClient, type ObjectCache } from '#kube';

import { type LeaseKeeper } from '../lease/lease-keeper.js';
import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type WorkloadMemory } from '../lease/workload-memory.js';
import { type PassResult } from './pass-result.js';

/** What one pass over one tenant works with. */
export interface Pass {
  readonly tenant: LeasedTenant;
  readonly kube: KubeClient;
  readonly cache: ObjectCache;
  readonly keeper: LeaseKeeper;
  readonly memory: WorkloadMemory;
  /** What was done so far; written down when the pass ends, however it ends. */
  readonly result: PassResult;
}
