import { isDeepStrictEqual } from 'node:util';

import { Statements, type Transaction } from '#persistence';
import { DomainError, fieldError } from '#problems';
import { Injectable } from '@nestjs/common';

import { type PlanReference } from '../plans/plans.service.js';
import { tenantNotFound, TenantReader } from '../tenants/tenant-reader.js';
import { isWithin, type TenantScope } from '../tenants/tenant-scope.js';
import { type Tenant } from '../tenants/tenant.entity.js';
import { type TenantChange } from './tenant-change.js';
import { type TenantAndOperation } from './tenant-changes.js';
import { type NewTenant, TenantsService } from './tenants.service.js';

/** A tenant as its caller wants it; what is undefined stays as it is, or is that of a new tenant. */
export interface WantedTenant {
  slug?: string | undefined;
  displayName?: string | undefined;
  plan: PlanReference;
  environments?: readonly string[] | undefined;
  members?: NewTenant['members'] | undefined;
  /** All labels. */
  labels?: Record<string, string> | undefined;
}

/** Under which conditions, and for whom, a tenant is put. */
export interface PutTerms {
  requestedBy: string;
  scope: TenantScope | null;
  /** The permission that creating a tenant needs and the caller lacks; null if it has it. */
  lacksCreate: DomainError | null;
  /** Checks what the request requires of the existing tenant, or of its absence. */
  demand: (existing: Tenant | null) => void;
}

/** A tenant that matched the request already has no operation. */
export type PutTenant = TenantAndOperation | { tenant: Tenant; operation: null };

/** Finds, creates and changes tenants by the ids that callers gave them. */
@Injectable()
export class ExternalIds {
  constructor(
    private readonly statements: Statements,
    private readonly reader: TenantReader,
    private readonly tenants: TenantsService,
  ) {}

  /**
   * Returns the tenant with an external id.
   * @throws `tenant.not_found`, also if it is beyond the scope
   */
  async get(externalId: string, scope: TenantScope | null): Promise<Tenant> {
    const tenant = await this.find(externalId, scope);
    if (tenant === null) throw tenantNotFound(externalId);
    return tenant;
  }

  /**
   * Creates the tenant with an external id, or changes it to what is wanted; however often and by however many callers
   * at once. A plan without a version keeps the version that the tenant has of it: newer ones come by rollouts.
   * @throws as creating and changing a tenant; `tenant.slug_fixed`, `tenant.environments_differ`, and what the terms throw
   */
  async put(transaction: Transaction, externalId: string, wanted: WantedTenant, terms: PutTerms): Promise<PutTenant> {
    // Two callers that found no tenant would both create one, and the second would fail.
    const lock = `SELECT pg_advisory_xact_lock(hashtextextended('bulkhead.external-id ' || $1, 0))`;
    await this.statements.run('lock-external-id', lock, [externalId], transaction);
    const found = await this.find(externalId, terms.scope, transaction);
    terms.demand(found);
    if (found === null) return this.create(transaction, externalId, wanted, terms);
    refuseOtherShape(found, wanted);
    const { displayName, members } = wanted;
    const change: TenantChange = {
      displayName,
      members,
      plan: wanted.plan.version === undefined && wanted.plan.id === found.planId ? undefined : wanted.plan,
      labels: wanted.labels && replacing(found.labels, wanted.labels),
    };
    const after = await this.tenants.afterChange(transaction, found, change);
    const current = Object.fromEntries(Object.keys(after).map((key) => [key, found[key as keyof typeof after]]));
    if (isDeepStrictEqual({ ...after }, current)) return { tenant: found, operation: null };
    return this.tenants.update(transaction, terms.requestedBy, { id: found.id, revisions: null }, change);
  }

  private create(
    transaction: Transaction,
    externalId: string,
    { slug, displayName, members = [], labels = {}, plan, environments }: WantedTenant,
    { requestedBy, lacksCreate, scope }: PutTerms,
  ): Promise<TenantAndOperation> {
    // A caller that cannot see what it creates is not told whether a stranger has this id.
    if (scope !== null && scope.createdBy === null) throw tenantNotFound(externalId);
    if (lacksCreate !== null) throw lacksCreate;
    if (slug === undefined) {
      throw fieldError(
        'request.invalid',
        '/slug',
        `slug: required, since no tenant has the external id "${externalId}".`,
      );
    }
    const input = { slug, displayName: displayName ?? slug, externalId, plan, environments, members, labels };
    return this.tenants.create(transaction, { by: requestedBy, scope }, input);
  }

  /** Reads the tenant, locked if it is to be changed. */
  private async find(externalId: string, scope: TenantScope | null, transaction?: Transaction): Promise<Tenant | null> {
    const text = 'SELECT id FROM tenants WHERE external_id = $1 AND deleted_at IS NULL';
    const [row] = await this.statements.run<{ id: string }>('find-external-id', text, [externalId], transaction);
    if (row === undefined) return null;
    const tenant = await (transaction === undefined ? this.reader.read(row.id) : this.reader.lock(transaction, row.id));
    return tenant === null || isWithin(scope, tenant) ? tenant : null;
  }
}

/** @throws `tenant.slug_fixed`, `tenant.environments_differ` */
function refuseOtherShape({ slug, environments }: Tenant, wanted: WantedTenant): void {
  if (wanted.slug !== undefined && wanted.slug !== slug) {
    const detail = `The tenant has the slug "${slug}", which cannot be changed.`;
    throw fieldError('tenant.slug_fixed', '/slug', detail);
  }
  const names = environments.map(({ name }) => name);
  if (wanted.environments === undefined || isDeepStrictEqual([...wanted.environments].sort(), names.sort())) return;
  const detail = `The tenant has the environments ${names.join(', ')}. Send these, or none.`;
  throw fieldError('tenant.environments_differ', '/environments', detail);
}

/** A merge patch that leaves exactly these labels. */
function replacing(labels: Record<string, string>, wanted: Record<string, string>): Record<string, string | null> {
  return { ...Object.fromEntries(Object.keys(labels).map((key) => [key, null])), ...wanted };
}
