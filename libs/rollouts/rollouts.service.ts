import { newId, type Page, pageOf, type PageRequest, type Transaction, uuidOf, violatedUnique } from '#persistence';
import { DomainError, fieldError } from '#problems';
import { PlansService } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, LessThan, MoreThan, type Repository } from 'typeorm';

import { addTenants, type Participants, takingPart } from './rollout-participants.js';
import { type Canary, ROLLOUT_CHANNEL, type RolloutCounts, type RolloutTenantState } from './rollout-status.js';
import { RolloutTenant } from './rollout-tenant.entity.js';
import { Rollout } from './rollout.entity.js';

export interface NewRollout {
  /** Undefined for the latest. */
  toVersion?: number | undefined;
  /** Undefined for every other version. */
  from?: number[] | undefined;
  canary: Canary;
  batchSize: number | null;
  maxConcurrent: number;
  maxFailures: number;
  pauseAfterCanary: boolean;
}

const nobody: RolloutCounts = { pending: 0, updating: 0, succeeded: 0, failed: 0, skipped: 0, rolled_back: 0 };

/** Creates and reads rollouts. */
@Injectable()
export class RolloutsService {
  constructor(
    @InjectRepository(Rollout) private readonly rollouts: Repository<Rollout>,
    @InjectRepository(RolloutTenant) private readonly tenants: Repository<RolloutTenant>,
    private readonly plans: PlansService,
  ) {}

  /**
   * Creates a rollout of the tenants that are on the selected versions now; later tenants do not take part. Without
   * tenants it succeeds at once.
   * @throws `plan.not_found`, `plan.version_not_found`, `request.invalid`, `rollout.canary_unknown`, `rollout.active`
   */
  async create(transaction: Transaction, requestedBy: string, planId: string, input: NewRollout): Promise<Rollout> {
    const { manager } = transaction;
    const { plan } = await this.plans.get(planId);
    const { toVersion = plan.latestVersion, from = null, ...settings } = input;
    checkVersions({ planId, latest: plan.latestVersion, toVersion, from });
    const participants: Participants = { planId, toVersion, from, ...settings };
    await checkCanary(manager, participants);
    await refuseSecond(manager, planId);
    const rollout = manager.create(Rollout, {
      id: newId('rollout'),
      planId,
      toVersion,
      fromVersions: from,
      ...settings,
      requestedBy,
      state: 'pending',
      direction: 'forward',
      reason: null,
      counts: nobody,
      watched: true,
      toleratedFailures: 0,
      rolledBackBy: null,
      finishedAt: null,
    });
    await orActive(planId, () => manager.insert(Rollout, rollout));
    const pending = await addTenants(manager, rollout.id, participants);
    const counts = { ...nobody, pending };
    await save(manager, rollout, pending > 0 ? { counts } : { counts, ...succeeded() });
    return rollout;
  }

  /** @throws `rollout.not_found` */
  async get(id: string): Promise<Rollout> {
    const rollout = uuidOf('rollout', id) === null ? null : await this.rollouts.findOneBy({ id });
    if (rollout === null) throw rolloutNotFound(id);
    return rollout;
  }

  /**
   * Lists the rollouts of a plan, newest first.
   * @throws `plan.not_found`
   */
  async list(planId: string, { limit, after }: PageRequest): Promise<Page<Rollout>> {
    await this.plans.get(planId);
    const rows = await this.rollouts.find({
      where: { planId, ...(after === null ? {} : { id: LessThan(after) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return pageOf(rows, limit, ({ id }) => id);
  }

  /**
   * Lists the tenants of a rollout, in order.
   * @throws `rollout.not_found`
   */
  async listTenants(
    id: string,
    state: RolloutTenantState | undefined,
    { limit, after }: PageRequest,
  ): Promise<Page<RolloutTenant>> {
    const { id: rolloutId } = await this.get(id);
    const rows = await this.tenants.find({
      where: {
        rolloutId,
        ...(state === undefined ? {} : { state }),
        ...(after === null ? {} : { position: MoreThan(Number(after)) }),
      },
      order: { position: 'ASC' },
      take: limit + 1,
    });
    return pageOf(rows, limit, ({ position }) => String(position));
  }
}

export function rolloutNotFound(id: string): DomainError {
  return new DomainError('rollout.not_found', `There is no rollout "${id}".`);
}

/**
 * Updates the row and the entity, and notifies the workers.
 * @throws `rollout.active` if the plan already has an active rollout.
 */
export async function save(manager: EntityManager, rollout: Rollout, columns: Partial<Rollout>): Promise<void> {
  const changed = { ...columns, updatedAt: new Date() };
  await orActive(rollout.planId, () => manager.update(Rollout, { id: rollout.id }, changed));
  Object.assign(rollout, changed);
  await manager.query('SELECT pg_notify($1, $2)', [ROLLOUT_CHANNEL, uuidOf('rollout', rollout.id)]);
}

/** @throws `rollout.active`, which names the other rollout. The unique index that enforces the rule cannot name it. */
export async function refuseSecond(manager: EntityManager, planId: string): Promise<void> {
  const other = await manager.findOneBy(Rollout, { planId, finishedAt: IsNull() });
  if (other !== null) throw rolloutActive(planId, ` (${other.id})`);
}

async function orActive(planId: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw violatedUnique(error) === 'rollouts_active_key' ? rolloutActive(planId) : error;
  }
}

function rolloutActive(planId: string, which = ''): DomainError {
  return new DomainError('rollout.active', `The plan "${planId}" already has an active rollout${which}.`);
}

function succeeded(): Partial<Rollout> {
  return { state: 'succeeded', watched: false, finishedAt: new Date() };
}

/** The versions of a plan are numbered from 1 without gaps. */
function checkVersions(asked: { planId: string; latest: number; toVersion: number; from: number[] | null }): void {
  const { planId, latest, toVersion, from } = asked;
  const check = (version: number, pointer: string): void => {
    if (version <= latest) return;
    throw fieldError('plan.version_not_found', pointer, `The plan "${planId}" has no version ${version}.`);
  };
  check(toVersion, '/toVersion');
  from?.forEach((version, index) => {
    check(version, `/from/${index}`);
    if (version !== toVersion) return;
    throw fieldError('request.invalid', `/from/${index}`, `Version ${version} is the target version.`);
  });
}

async function checkCanary(manager: EntityManager, participants: Participants): Promise<void> {
  const { tenantIds } = participants.canary;
  const known = await takingPart(manager, participants);
  const index = tenantIds.findIndex((id) => !known.has(id));
  if (index < 0) return;
  const detail = `The tenant "${tenantIds[index] ?? ''}" is not on any of the versions to move from.`;
  throw fieldError('rollout.canary_unknown', `/canary/tenantIds/${index}`, detail);
}
