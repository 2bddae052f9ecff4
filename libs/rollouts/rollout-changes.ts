import { jsonOf, type Transaction, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';

import { resumedState } from './rollout-machine.js';
import { tallyOf } from './rollout-rows.js';
import { isDriven, isFinished, type RolloutTenantError } from './rollout-status.js';
import { Rollout } from './rollout.entity.js';
import { refuseSecond, rolloutNotFound, save } from './rollouts.service.js';

/** Changes of a rollout by callers. Each locks the row, so that no worker is in the middle of a step. */
@Injectable()
export class RolloutChanges {
  /**
   * Pauses the rollout: no further tenants are started; tenants in flight finish.
   * @throws `rollout.not_found`, `rollout.state_conflict`
   */
  async pause({ manager }: Transaction, id: string): Promise<Rollout> {
    const rollout = await lock(manager, id);
    if (!isDriven(rollout.state)) throw conflict(rollout, 'paused');
    const reason = { code: 'Requested' as const, message: 'The rollout was paused on request. Resume it to continue.' };
    await save(manager, rollout, { state: 'paused', reason });
    return rollout;
  }

  /**
   * Resumes a paused rollout in its direction. Earlier failures no longer count.
   * @param retryFailed whether to retry the failed tenants.
   * @throws `rollout.not_found`, `rollout.state_conflict`
   */
  async resume({ manager }: Transaction, id: string, retryFailed: boolean): Promise<Rollout> {
    const rollout = await lock(manager, id);
    if (rollout.state !== 'paused') throw conflict(rollout, 'resumed');
    const { direction } = rollout;
    if (retryFailed) {
      await manager.query(
        `UPDATE rollout_tenants SET state = 'pending', error = NULL, started_at = NULL, finished_at = NULL
         WHERE rollout_id = $1 AND state = 'failed' AND direction = $2`,
        [uuidOf('rollout', id), direction],
      );
    }
    const { counts, failures, wave } = await tallyOf(manager, uuidOf('rollout', id), direction);
    const state = resumedState({ direction, wave });
    await save(manager, rollout, { state, reason: null, counts, toleratedFailures: failures, watched: true });
    return rollout;
  }

  /**
   * Stops the rollout: tenants in flight finish, pending tenants are skipped.
   * @throws `rollout.not_found`, `rollout.state_conflict`
   */
  async stop({ manager }: Transaction, id: string): Promise<Rollout> {
    const rollout = await lock(manager, id);
    if (isFinished(rollout.state) || rollout.direction === 'back') throw conflict(rollout, 'stopped');
    const error = { reason: 'RolloutStopped', message: 'The rollout was stopped before it reached this tenant.' };
    await leaveOutPending(manager, rollout, error);
    const { counts } = await tallyOf(manager, uuidOf('rollout', id), 'forward');
    const watched = counts.updating > 0;
    await save(manager, rollout, { state: 'stopped', reason: null, counts, watched, finishedAt: new Date() });
    return rollout;
  }

  /**
   * Rolls back: every tenant that was moved or is in flight returns to its previous version, tenants in flight first.
   * Pending tenants are skipped.
   * @throws `rollout.not_found`, `rollout.state_conflict`, `rollout.active`
   */
  async rollBack({ manager }: Transaction, requestedBy: string, id: string): Promise<Rollout> {
    const rollout = await lock(manager, id);
    if (rollout.direction === 'back') throw conflict(rollout, 'rolled back');
    if (isFinished(rollout.state)) await refuseSecond(manager, rollout.planId);
    const error = { reason: 'RolledBackBefore', message: 'The rollout was rolled back before it reached this tenant.' };
    await leaveOutPending(manager, rollout, error);
    // Tenants that failed without an operation were never moved.
    await manager.query(
      `UPDATE rollout_tenants SET direction = 'back', state = 'pending', error = NULL,
         started_at = NULL, finished_at = NULL, wave = CASE WHEN state = 'updating' THEN 0 ELSE wave + 1 END
       WHERE rollout_id = $1 AND state IN ('updating', 'succeeded', 'failed') AND operation_id IS NOT NULL`,
      [uuidOf('rollout', id)],
    );
    const { counts } = await tallyOf(manager, uuidOf('rollout', id), 'back');
    await save(manager, rollout, {
      state: 'rolling_back',
      direction: 'back',
      reason: null,
      counts,
      toleratedFailures: 0,
      rolledBackBy: requestedBy,
      finishedAt: null,
      watched: true,
    });
    return rollout;
  }
}

async function lock(manager: EntityManager, id: string): Promise<Rollout> {
  const rollout =
    uuidOf('rollout', id) === null
      ? null
      : await manager.findOne(Rollout, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (rollout === null) throw rolloutNotFound(id);
  return rollout;
}

async function leaveOutPending(manager: EntityManager, { id }: Rollout, error: RolloutTenantError): Promise<void> {
  await manager.query(
    `UPDATE rollout_tenants SET state = 'skipped', error = $2::jsonb, finished_at = now()
     WHERE rollout_id = $1 AND state = 'pending'`,
    [uuidOf('rollout', id), jsonOf(error)],
  );
}

function conflict({ state, direction }: Rollout, what: string): DomainError {
  const back = state === 'paused' && direction === 'back' ? ' while rolling back' : '';
  return new DomainError('rollout.state_conflict', `A rollout that is ${state}${back} cannot be ${what}.`);
}
