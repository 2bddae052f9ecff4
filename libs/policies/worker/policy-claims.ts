import { storableText } from '#persistence';
import { type DataSource } from 'typeorm';

import { CLAIM_MS } from './claim-keeper.js';
import { type Outcome } from './policy-outcome.js';
import { nextExpiry, type WantedPolicy } from './render-policy.js';

const CLAIM = `interval '${CLAIM_MS} milliseconds'`;

/** A version of a policy that this worker has claimed, to enforce it, or to remove it when its state is `deleting`. */
export interface ClaimedPolicy extends WantedPolicy {
  state: string;
  /** The message that is stored. */
  message: string | null;
  /** Fences what this worker stores. */
  claim: number;
  /** Whether a worker may have written objects without seeing that the API server acts on them. */
  unconfirmed: boolean;
  /** The time of the database, which decides which exceptions have expired. */
  asOf: Date;
}

/** Stores which worker works on a policy, and the result. No statement leaves a transaction open. */
export class PolicyClaims {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Claims all policies that are due, except those that another worker has. Those are due again when a claim ends without
   * a result. What such a claim has written is unconfirmed.
   */
  async claimDue(): Promise<ClaimedPolicy[]> {
    const [rows] = await this.dataSource.query<[ClaimedPolicy[], number]>(
      `UPDATE policies p SET claim = p.claim + 1, claimed_until = now() + ${CLAIM}, next_check_at = now() + ${CLAIM},
         unconfirmed = p.unconfirmed OR p.claimed_until IS NOT NULL
       FROM policy_versions v
       WHERE v.policy_id = p.id AND v.version = p.version AND p.id IN (
         SELECT id FROM policies WHERE next_check_at <= now() AND (claimed_until IS NULL OR claimed_until <= now())
         FOR NO KEY UPDATE SKIP LOCKED)
       RETURNING p.id, p.slot, p.version, p.state, p.message, p.claim, p.unconfirmed, v.spec, now() AS "asOf"`,
    );
    return rows;
  }

  /**
   * Renews a claim.
   * @param message why it takes long; null if it does not
   * @returns false when the work has to end: another worker has claimed the policy, or it was changed or deleted
   */
  async renew(policy: ClaimedPolicy, message: string | null): Promise<boolean> {
    const [, count] = await this.dataSource.query<[unknown[], number]>(
      `UPDATE policies SET claimed_until = now() + ${CLAIM}, message = coalesce($5, message),
         next_check_at = CASE WHEN next_check_at <= now() THEN next_check_at ELSE now() + ${CLAIM} END
       WHERE ${HELD}`,
      [...keysOf(policy), message && storableText(message)],
    );
    return count > 0;
  }

  /**
   * Stores the result of the claimed version, and ends the claim. A newer version, or a deletion requested since, stays
   * due, as does a policy that was made due meanwhile.
   * @returns false if the policy is due already
   */
  async settle(policy: ClaimedPolicy, { state, message, checkInMs }: Outcome, unconfirmed: boolean): Promise<boolean> {
    if (policy.state === 'deleting' && state === 'in-force') {
      await this.dataSource.query(`DELETE FROM policies WHERE ${HELD}`, keysOf(policy));
      return true;
    }
    const [rows] = await this.dataSource.query<[{ waits: boolean }[], number]>(
      `UPDATE policies SET claimed_until = NULL, unconfirmed = $8,
         in_force_at = CASE WHEN $5 <> 'in-force' THEN in_force_at
           WHEN observed_version = version AND state <> 'failed' THEN in_force_at ELSE now() END,
         observed_version = CASE WHEN $5 = 'in-force' THEN version ELSE observed_version END,
         state_changed_at = CASE WHEN state IN ('deleting', $5) THEN state_changed_at ELSE now() END,
         state = CASE WHEN state = 'deleting' THEN state ELSE $5 END, message = $6, updated_at = now(),
         next_check_at = CASE WHEN next_check_at <= now() THEN next_check_at
           ELSE least(now() + $7::interval, $9::timestamptz) END
       WHERE ${HELD} RETURNING next_check_at > now() AS waits`,
      [
        ...keysOf(policy),
        state,
        message && storableText(message),
        `${checkInMs} milliseconds`,
        unconfirmed,
        nextExpiry(policy.spec, policy.asOf),
      ],
    );
    if (rows[0] !== undefined) return rows[0].waits;
    await this.release(policy, unconfirmed);
    return false;
  }

  /** Ends a claim without a result: the policy is due again. */
  async release({ id, claim }: ClaimedPolicy, unconfirmed: boolean): Promise<void> {
    await this.dataSource.query(
      'UPDATE policies SET claimed_until = NULL, unconfirmed = $3, next_check_at = now() WHERE id = $1 AND claim = $2',
      [id, claim, unconfirmed],
    );
  }
}

/** The policy is as it was when it was claimed, and no other worker has claimed it since. */
const HELD = `id = $1 AND claim = $2 AND version = $3 AND (state = 'deleting') = $4`;

function keysOf({ id, claim, version, state }: ClaimedPolicy): unknown[] {
  return [id, claim, version, state === 'deleting'];
}
