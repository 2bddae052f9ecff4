import { type TenantMember } from '#isolation';
import { newId, type Page, pageOf, type PageRequest, type Transaction, uuidOf } from '#persistence';
import { namespaceName } from '#plans';
import { type DomainError, fieldError } from '#problems';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository, type SelectQueryBuilder } from 'typeorm';

import { Cluster } from '../clusters/cluster.entity.js';
import { type PlanVersion } from '../plans/plan.entity.js';
import { type PlanReference, PlansService } from '../plans/plans.service.js';
import { refuseWhileDeleting } from '../tenants/deletion-state.js';
import { Environment } from '../tenants/environment.entity.js';
import { refuseWithoutOwner, takesAccess } from '../tenants/member.js';
import { demandCapabilities } from '../tenants/mesh-offer.js';
import { type TenantScope, uuidsOf } from '../tenants/tenant-scope.js';
import { TenantObject } from '../tenants/tenant-object.entity.js';
import { tenantNotFound, TenantReader } from '../tenants/tenant-reader.js';
import { type TenantPhase } from '../tenants/tenant-status.js';
import { Tenant } from '../tenants/tenant.entity.js';
import { demandPreview } from './preview-match.js';
import {
  applyChange,
  type ChangeableTenant,
  environmentLimit,
  previewToken,
  type TenantChange,
} from './tenant-change.js';
import { type TenantAndOperation, TenantChanges } from './tenant-changes.js';

export interface NewTenant {
  slug: string;
  displayName: string;
  externalId: string | null;
  plan: PlanReference;
  /** Undefined for the defaults of the plan. */
  environments?: readonly string[] | undefined;
  members: TenantMember[];
  labels: Record<string, string>;
}

export interface TenantFilter {
  slug?: string | undefined;
  externalId?: string | undefined;
  plan?: string | undefined;
  phase?: TenantPhase | undefined;
  /** Part of the slug, the display name or the external id. */
  q?: string | undefined;
  /** Labels that a tenant must have, with any value if it is null. */
  labels?: readonly { key: string; value: string | null }[];
}

/** The part of a plan version that limits the number of environments. */
interface EnvironmentLimit {
  planId: string;
  spec: { environments: { max: number } };
}

/** Writes the desired state of tenants; workers carry it out. */
@Injectable()
export class TenantsService {
  constructor(
    @InjectRepository(Tenant) private readonly tenants: Repository<Tenant>,
    @InjectRepository(TenantObject) private readonly objects: Repository<TenantObject>,
    private readonly plans: PlansService,
    private readonly changes: TenantChanges,
    private readonly reader: TenantReader,
  ) {}

  /**
   * @param caller the principal, and the tenants that it may be told about
   * @throws `tenant.{plan_unknown,plan_retired,plan_limit,capability_missing}`, `tenant.{slug,namespace,external_id}_taken`
   */
  async create(
    transaction: Transaction,
    caller: { by: string; scope: TenantScope | null },
    input: NewTenant,
  ): Promise<TenantAndOperation> {
    const placement = await this.reader.placement(transaction, input.plan);
    if (placement === null) throw planUnknown(input.plan);
    const { plan, clusterId, facts } = placement;
    if (placement.retired) throw planRetired(plan.planId);
    demandCapabilities(plan, facts, '/plan');
    const names = input.environments ?? plan.spec.environments.default;
    checkEnvironmentCount(plan, names.length, '/environments');
    const { manager } = transaction;
    const { slug, displayName, externalId, members, labels } = input;
    const tenant = manager.create(Tenant, {
      id: newId('tenant'),
      slug,
      displayName,
      externalId,
      members,
      labels,
      planId: plan.planId,
      planVersion: plan.version,
      clusterId,
      phase: 'pending',
      createdBy: caller.by,
      generation: 1,
      observedGeneration: 0,
      revision: 1,
      conditions: [],
      deletionScheduledAt: null,
      deletesAt: null,
      deletionSuspends: true,
    });
    tenant.environments = names.map((name, position) =>
      manager.create(Environment, { tenantId: tenant.id, name, position, namespace: namespaceName(slug, name) }),
    );
    tenant.holds = [];
    return this.changes.create(transaction, caller, tenant);
  }

  /**
   * Applies a merge patch to the desired state.
   * @param target `revisions` are generations of which `If-Match` requires one, `preview` by `If-Preview-Match`; null accepts any.
   * @throws `tenant.not_found`, `tenant.frozen`, `precondition.{failed,preview_stale}` and those of `afterChange`
   */
  async update(
    transaction: Transaction,
    requestedBy: string,
    target: { id: string; revisions: readonly number[] | null; preview?: string | null },
    change: TenantChange,
  ): Promise<TenantAndOperation> {
    const tenant = await this.changes.lock(transaction, target);
    const wanted = await this.afterChange(transaction, tenant, change);
    const { preview = null } = target;
    if (preview !== null) await demandPreview(transaction, tenant.id, preview, previewToken(tenant, wanted, change));
    const urgent = takesAccess(tenant.members, wanted.members);
    return this.changes.changeLocked(transaction, tenant, { kind: 'update', by: requestedBy, set: wanted, urgent });
  }

  /**
   * Returns the desired state after a change without making it.
   * @throws `tenant.deleting`, `tenant.{plan_unknown,plan_retired,plan_limit,capability_missing}`, `member.last_owner`
   */
  async afterChange(transaction: Transaction, tenant: Tenant, change: TenantChange): Promise<ChangeableTenant> {
    refuseWhileDeleting(tenant);
    const plan = change.plan === undefined ? null : await this.planFor(transaction, change.plan);
    if (plan !== null) {
      const isOther = plan.planId !== tenant.planId;
      if (isOther && (await this.plans.isRetired(transaction, plan.planId))) throw planRetired(plan.planId);
      checkEnvironmentCount(plan, tenant.environments.length, '/plan');
      const cluster = await transaction.manager.findOneByOrFail(Cluster, { id: tenant.clusterId });
      demandCapabilities(plan, cluster.facts, '/plan');
    }
    const wanted = applyChange(tenant, change, plan);
    refuseWithoutOwner(tenant.members, wanted.members);
    return wanted;
  }

  /** @throws `tenant.not_found` */
  async get(id: string): Promise<Tenant> {
    const uuid = uuidOf('tenant', id);
    const tenant = uuid === null ? null : await this.reader.read(uuid);
    if (tenant === null) throw tenantNotFound(id);
    return tenant;
  }

  /**
   * Lists tenants, newest first; deleted ones only if requested by phase.
   * @param scope those that the caller can see; null: all
   */
  async list(filter: TenantFilter, { limit, after }: PageRequest, scope: TenantScope | null): Promise<Page<Tenant>> {
    const query = filtered(this.whole(), filter, scope)
      .orderBy('tenant.id', 'DESC')
      .take(limit + 1);
    if (after !== null) query.andWhere('tenant.id < :after', { after: uuidOf('tenant', after) });
    return pageOf(await query.getMany(), limit, ({ id }) => id);
  }

  /** Counts the tenants that `list` returns on all its pages. */
  async count(filter: TenantFilter, scope: TenantScope | null): Promise<number> {
    return filtered(this.tenants.createQueryBuilder('tenant'), filter, scope).getCount();
  }

  /**
   * Lists the inventory of a tenant by kind, namespace and name.
   * @throws `tenant.not_found`
   */
  async listObjects(id: string): Promise<TenantObject[]> {
    const tenant = await this.get(id);
    const order = { kind: 'ASC', namespace: 'ASC', name: 'ASC' } as const;
    return this.objects.find({ where: { tenantId: tenant.id }, order });
  }

  /** Builds a query for tenants with their environments and holds in force. */
  private whole(): SelectQueryBuilder<Tenant> {
    return this.tenants
      .createQueryBuilder('tenant')
      .leftJoinAndSelect('tenant.environments', 'environment')
      .leftJoinAndSelect('tenant.holds', 'hold', 'hold.liftedAt IS NULL');
  }

  private async planFor(transaction: Transaction, reference: PlanReference): Promise<PlanVersion> {
    const plan = await this.plans.resolve(transaction, reference);
    if (plan === null) throw planUnknown(reference);
    return plan;
  }
}

function filtered(
  query: SelectQueryBuilder<Tenant>,
  filter: TenantFilter,
  scope: TenantScope | null,
): SelectQueryBuilder<Tenant> {
  const { phase, q, labels = [] } = filter;
  if (scope !== null) {
    const ids = uuidsOf(scope);
    query.andWhere('(tenant.id = ANY (:ids) OR tenant.createdBy = :createdBy)', { ids, createdBy: scope.createdBy });
  }
  if (filter.slug !== undefined) query.andWhere('tenant.slug = :slug', filter);
  if (filter.externalId !== undefined) query.andWhere('tenant.externalId = :externalId', filter);
  if (filter.plan !== undefined) query.andWhere('tenant.planId = :plan', filter);
  if (phase === undefined) query.andWhere('tenant.deletedAt IS NULL');
  else query.andWhere('tenant.phase = :phase', { phase });
  if (q !== undefined) {
    const text = `concat_ws(E'\\n', tenant.slug, tenant.displayName, tenant.externalId)`;
    query.andWhere(`strpos(lower(${text}), lower(:q)) > 0`, { q });
  }
  const exact = labels.flatMap(({ key, value }) => (value === null ? [] : [[key, value]]));
  query.andWhere('tenant.labels @> :exact::jsonb', { exact: JSON.stringify(Object.fromEntries(exact)) });
  const keys = labels.map(({ key }) => key);
  return query.andWhere('jsonb_exists_all(tenant.labels, :keys)', { keys });
}

function planUnknown({ id, version }: PlanReference): DomainError {
  const which = version === undefined ? '' : ` with version ${version}`;
  return fieldError('tenant.plan_unknown', '/plan', `There is no plan "${id}"${which}.`);
}

function planRetired(id: string): DomainError {
  const detail = `The plan "${id}" is retired. Tenants that have it keep it; others cannot get it.`;
  return fieldError('tenant.plan_retired', '/plan', detail);
}

/** @throws `tenant.plan_limit` */
export function checkEnvironmentCount(plan: EnvironmentLimit, count: number, pointer: string): void {
  const problem = environmentLimit(plan, count, pointer);
  if (problem !== null) throw problem;
}
