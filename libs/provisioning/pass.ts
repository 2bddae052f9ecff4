import { type KubeClient, type ObjectCache } from '#kube';

import { prune, type Removable } from './ensure/apply.js';
import { type LeaseKeeper } from './lease/lease-keeper.js';
import { type LeasedTenant } from './lease/lease.js';
import { type PassResult } from './settle/settle.js';
import { type WorkloadMemory } from './holds/workload-memory.js';

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

/**
 * Deletes objects.
 * @throws LeaseLost, StepFailed
 */
export async function removeObjects({ kube, keeper, result }: Pass, objects: readonly Removable[]): Promise<void> {
  keeper.assertHeld();
  await prune(kube, objects, result.steps);
}
