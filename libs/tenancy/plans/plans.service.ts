import { isDeepStrictEqual } from 'node:util';

import { type Page, pageOf, type PageRequest, type Transaction, violatedUnique } from '#persistence';
import { type PlanSpec } from '#plans';
import { DomainError, fieldError } from '#problems';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, MoreThan, Not, type Repository } from 'typeorm';

import { Plan, PlanVersion } from './plan.entity.js';

export interface NewPlan {
  id: string;
  displayName: string;
  description: string;
  spec: PlanSpec;
}

/** A plan with one of its versions. */
export interface PlanAtVersion {
  plan: Plan;
  version: PlanVersion;
}

/** A reference to a plan version; without `version`, the latest. */
export interface PlanReference {
  id: string;
  version?: number | undefined;
}

/** Manages plans. Versions are immutable; a change of a plan is a new version. */
@Injectable()
export class PlansService {
  constructor(
    @InjectRepository(Plan) private readonly plans: Repository<Plan>,
    @InjectRepository(PlanVersion) private readonly versions: Repository<PlanVersion>,
  ) {}

  /** @throws `plan.id_taken` */
  async create({ manager }: Transaction, createdBy: string, input: NewPlan): Promise<PlanAtVersion> {
    const { id, displayName, description, spec } = input;
    try {
      await manager.insert(Plan, { id, displayName, description, latestVersion: 1 });
    } catch (error) {
      if (violatedUnique(error) === 'plans_pkey') {
        throw fieldError('plan.id_taken', '/id', `The plan "${id}" already exists.`);
      }
      throw error;
    }
    return this.addVersion(manager, { planId: id, version: 1, spec, createdBy });
  }

  /**
   * Creates the next version of a plan. Tenants stay on the version they pin.
   * @throws `plan.not_found`, `plan.unchanged`
   */
  async createVersion({ manager }: Transaction, createdBy: string, id: string, spec: PlanSpec): Promise<PlanAtVersion> {
    const plan = await lockPlan(manager, id);
    const newest = await manager.findOneByOrFail(PlanVersion, { planId: id, version: plan.latestVersion });
    if (isDeepStrictEqual(newest.spec, spec)) {
      throw new DomainError(
        'plan.unchanged',
        `Version ${newest.version} of the plan "${id}" already has this content.`,
      );
    }
    const version = plan.latestVersion + 1;
    await manager.update(Plan, { id }, { latestVersion: version });
    return this.addVersion(manager, { planId: id, version, spec, createdBy });
  }

  /**
   * Renames, retires or offers a plan again. Its versions and the tenants that have them stay as they are.
   * @throws `plan.not_found`
   */
  async update(
    { manager }: Transaction,
    id: string,
    {
      retired,
      ...names
    }: { displayName?: string | undefined; description?: string | undefined; retired?: boolean | undefined },
  ): Promise<PlanAtVersion> {
    const plan = await lockPlan(manager, id);
    const retiredAt = retired === false ? null : (plan.retiredAt ?? (retired === true ? new Date() : null));
    const { displayName = plan.displayName, description = plan.description } = names;
    const columns = { displayName, description, retiredAt };
    await manager.update(Plan, { id }, columns);
    const version = await manager.findOneByOrFail(PlanVersion, { planId: id, version: plan.latestVersion });
    return { plan: Object.assign(plan, columns), version };
  }

  /**
   * Deletes a plan that no tenant and no rollout has ever had, with all its versions.
   * @throws `plan.not_found`, `plan.in_use`
   */
  async delete({ manager }: Transaction, id: string): Promise<PlanAtVersion> {
    const plan = await lockPlan(manager, id);
    const version = await manager.findOneByOrFail(PlanVersion, { planId: id, version: plan.latestVersion });
    const [used] = await manager.query<{ tenants: number; rollouts: number }[]>(
      `SELECT (SELECT count(*)::int FROM tenants WHERE plan_id = $1) AS tenants,
         (SELECT count(*)::int FROM rollouts WHERE plan_id = $1) AS rollouts`,
      [id],
    );
    const { tenants = 0, rollouts = 0 } = used ?? {};
    if (tenants > 0) {
      throw planInUse(id, tenants === 1 ? '1 tenant has it or had it' : `${tenants} tenants have it or had it`);
    }
    if (rollouts > 0) throw planInUse(id, 'rollouts of it are on record');
    // Read by the trigger that keeps versions as they are.
    await manager.query(`SELECT set_config('bulkhead.deleted_plan', $1, true)`, [id]);
    await manager.delete(PlanVersion, { planId: id });
    await manager.delete(Plan, { id });
    return { plan, version };
  }

  /** @throws `plan.not_found` */
  async get(id: string): Promise<PlanAtVersion> {
    const plan = await this.plans.findOneBy({ id });
    if (plan === null) throw planNotFound(id);
    return { plan, version: await this.versions.findOneByOrFail({ planId: id, version: plan.latestVersion }) };
  }

  /** @throws `plan.not_found`, `plan.version_not_found` */
  async getVersion(id: string, number: number): Promise<PlanAtVersion> {
    const plan = await this.plans.findOneBy({ id });
    if (plan === null) throw planNotFound(id);
    const version = await this.versions.findOneBy({ planId: id, version: number });
    if (version === null) {
      throw new DomainError('plan.version_not_found', `The plan "${id}" has no version ${number}.`);
    }
    return { plan, version };
  }

  /** Lists plans by id, each with its latest version. */
  async list({ limit, after }: PageRequest): Promise<Page<PlanAtVersion>> {
    const plans = await this.plans.find({
      where: after === null ? {} : { id: MoreThan(after) },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    const newest = plans.map(({ id, latestVersion }) => ({ planId: id, version: latestVersion }));
    const versions = plans.length === 0 ? [] : await this.versions.findBy(newest);
    const rows = plans.map((plan) => {
      const version = versions.find(({ planId }) => planId === plan.id);
      if (version === undefined) throw new Error(`plan ${plan.id} has no version ${plan.latestVersion}`);
      return { plan, version };
    });
    return pageOf(rows, limit, ({ plan }) => plan.id);
  }

  /**
   * Lists the versions of a plan, oldest first.
   * @throws `plan.not_found`
   */
  async listVersions(id: string, { limit, after }: PageRequest): Promise<Page<PlanAtVersion>> {
    const plan = await this.plans.findOneBy({ id });
    if (plan === null) throw planNotFound(id);
    const versions = await this.versions.find({
      where: { planId: id, ...(after === null ? {} : { version: MoreThan(Number(after)) }) },
      order: { version: 'ASC' },
      take: limit + 1,
    });
    const rows = versions.map((version) => ({ plan, version }));
    return pageOf(rows, limit, ({ version }) => String(version.version));
  }

  /** Reports whether a plan is retired, so that no further tenant can get it. */
  isRetired({ manager }: Transaction, id: string): Promise<boolean> {
    return manager.existsBy(Plan, { id, retiredAt: Not(IsNull()) });
  }

  /** Reads a plan version in the transaction of a tenant's change; null if there is none. */
  async resolve({ manager }: Transaction, { id, version }: PlanReference): Promise<PlanVersion | null> {
    if (version !== undefined) return manager.findOneBy(PlanVersion, { planId: id, version });
    return manager.findOne(PlanVersion, { where: { planId: id }, order: { version: 'DESC' } });
  }

  private async addVersion(
    manager: EntityManager,
    row: Pick<PlanVersion, 'planId' | 'version' | 'spec' | 'createdBy'>,
  ): Promise<PlanAtVersion> {
    await manager.insert(PlanVersion, row);
    const { planId, version } = row;
    return {
      plan: await manager.findOneByOrFail(Plan, { id: planId }),
      version: await manager.findOneByOrFail(PlanVersion, { planId, version }),
    };
  }
}

/** @throws `plan.not_found` */
async function lockPlan(manager: EntityManager, id: string): Promise<Plan> {
  const plan = await manager.findOne(Plan, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (plan === null) throw planNotFound(id);
  return plan;
}

function planInUse(id: string, why: string): DomainError {
  return new DomainError('plan.in_use', `The plan "${id}" cannot be deleted: ${why}. Retire it instead.`);
}

function planNotFound(id: string): DomainError {
  return new DomainError('plan.not_found', `There is no plan "${id}".`);
}
