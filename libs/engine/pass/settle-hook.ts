import { type EntityManager } from 'typeorm';

import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type PassResult } from './pass-result.js';

/**
 * What a feature writes when a pass is settled. Both functions decide at once, without a query, whether there is
 * anything to write: null means nothing, and a pass about which no hook has anything to write costs a single, shared
 * statement.
 */
export interface SettleHook {
  /**
   * Writes before the pass is settled, outside of any transaction: if the worker dies in between, the pass is repeated.
   */
  before?(tenant: LeasedTenant, result: PassResult): ((manager: EntityManager) => Promise<void>) | null;
  /**
   * Writes in the transaction that settles the pass, after the tenant and its inventory. A pass whose operation was
   * cancelled in the meantime is not settled, but its hooks still write: `cancelled` is then true.
   */
  within?(
    tenant: LeasedTenant,
    result: PassResult,
  ): ((manager: EntityManager, pass: { cancelled: boolean }) => Promise<void>) | null;
}

/** Injection token of the hooks, in the order in which they write: `readonly SettleHook[]`. */
export const SETTLE_HOOKS = Symbol('SettleHooks');
