import { abandon, idOf, newId, newUuid, Statements, type Transaction, uuidOf, violatedUnique } from '#persistence';
import { DomainError, fieldError } from '#problems';
import { Injectable } from '@nestjs/common';

import { type Hold } from '../tenants/hold.entity.js';
import { Operation, type OperationKind } from '../tenants/operation.entity.js';
import { tenantNotFound, TenantReader } from '../tenants/tenant-reader.js';
import { type TenantScope, uuidsOf } from '../tenants/tenant-scope.js';
import { type TenantPhase } from '../tenants/tenant-status.js';
import { type Tenant } from '../tenants/tenant.entity.js';
import { byColumnName, CHANGE_TENANTS, type TenantColumns } from './change-statement.js';
import { TenantWriter } from './tenant-writer.js';
import { Wakeups } from './wakeups.js';

/** A changed tenant and the operation that carries the change out. */
export interface TenantAndOperation {
  tenant: Tenant;
  operation: Operation;
}

/** One tenant of a change; ids are uuids, and no tenant has the id null. */
export interface TenantToChange {
  id: string | null;
  /** The principal who asked. */
  by: string;
  set?: TenantColumns;
  /** The operation that this change tries again. */
  retryOf?: string | null;
}

/** A tenant in its next generation, and its new operation; ids are uuids. */
export interface ChangedTenant {
  id: string;
  generation: number;
  revision: number;
  phase: TenantPhase;
  updatedAt: Date;
  operationId: string;
  operationCreatedAt: Date;
}

/** How one tenant changes. */
export interface ChangeOfTenant {
  kind: OperationKind;
  /** The principal who asked. */
  by: string;
  set?: TenantColumns;
  /** Whether a worker takes it before everything else that waits. */
  urgent?: boolean;
  /** Id of the operation that this change tries again. */
  retryOf?: string;
}

/** The single way to change tenants: lock, next generation and revision, new operation, wake-up after the commit. */
@Injectable()
export class TenantChanges {
  constructor(
    private readonly statements: Statements,
    private readonly wakeups: Wakeups,
    private readonly reader: TenantReader,
    private readonly writer: TenantWriter,
  ) {}

  /**
   * Reads a tenant and locks it until the transaction ends.
   * @param target `revisions` are generations of which one is required, null accepts any; `evenFrozen` is only for placing and lifting holds: a frozen tenant accepts no other change.
   * @throws `tenant.not_found`, `precondition.failed`, `tenant.frozen`
   */
  async lock(
    transaction: Transaction,
    target: { id: string; revisions: readonly number[] | null; evenFrozen?: boolean },
  ): Promise<Tenant> {
    const { id, revisions } = target;
    const uuid = uuidOf('tenant', id);
    const tenant = uuid === null ? null : await this.reader.lock(transaction, uuid);
    if (tenant === null) throw tenantNotFound(id);
    if (revisions !== null && !revisions.includes(tenant.generation)) {
      throw new DomainError(
        'precondition.failed',
        'The tenant has changed since the ETag in If-Match was read. Read it again.',
      );
    }
    if (target.evenFrozen !== true) refuseFrozen(tenant);
    return tenant;
  }

  /**
   * Changes tenants by one statement, however many: the next generation and revision, due at once, and an operation that
   * supersedes an open one. Wakes the workers after the commit.
   *
   * The caller has locked the tenants, those of one transaction in the order of their ids, and has made sure that they may
   * be changed.
   * @throws QueryFailedError of the uniqueness that new values violate
   */
  async change(
    transaction: Transaction,
    kind: OperationKind,
    tenants: readonly TenantToChange[],
    { urgent = false }: { urgent?: boolean } = {},
  ): Promise<ChangedTenant[]> {
    if (tenants.length === 0) return [];
    const values = [
      tenants.map(({ id }) => id),
      tenants.map(() => newUuid('op')),
      tenants.map(({ by }) => by),
      tenants.map(({ retryOf = null }) => retryOf),
      tenants.map(({ set = {} }) => JSON.stringify(byColumnName(set))),
      kind,
    ];
    const changed = await this.statements.run<ChangedTenant>('change-tenants', CHANGE_TENANTS, values, transaction);
    const ids = changed.map((tenant) => idOf('tenant', tenant.id));
    if (urgent) transaction.afterCommit(() => this.wakeups.urgent(ids));
    return changed;
  }

  /**
   * Changes one tenant that `lock` returned, and the entity with it.
   * @throws `tenant.external_id_taken`
   */
  async changeLocked(
    transaction: Transaction,
    tenant: Tenant,
    { kind, by, set = {}, urgent = false, retryOf }: ChangeOfTenant,
  ): Promise<TenantAndOperation> {
    const id = uuidOf('tenant', tenant.id);
    const retried = retryOf === undefined ? null : uuidOf('op', retryOf);
    let changed: ChangedTenant | undefined;
    try {
      [changed] = await this.change(transaction, kind, [{ id, by, set, retryOf: retried }], { urgent });
    } catch (error) {
      throw asUniquenessProblem(error, tenant);
    }
    if (changed === undefined) throw new Error(`the tenant ${tenant.id}, which was locked, is gone`);
    const { generation, revision, phase, updatedAt, operationId, operationCreatedAt } = changed;
    Object.assign(tenant, set, { generation, revision, phase, updatedAt, failureCount: 0 });
    const operation = newOperation(transaction, tenant, { id: idOf('op', operationId), kind, by });
    return { tenant, operation: Object.assign(operation, { retryOf: retryOf ?? null, createdAt: operationCreatedAt }) };
  }

  /**
   * Writes a new tenant and the operation that creates it.
   * @param by the principal who asked.
   * @param scope the tenants that it may be told about
   * @param tenant with its environments; the times are set by the database
   * @throws `tenant.{slug,namespace,external_id}_taken`
   */
  async create(
    transaction: Transaction,
    { by, scope }: { by: string; scope: TenantScope | null },
    tenant: Tenant,
  ): Promise<TenantAndOperation> {
    const operation = newOperation(transaction, tenant, { id: newId('op'), kind: 'create', by });
    try {
      await this.writer.insert(transaction, tenant, operation);
    } catch (error) {
      if (violatedUnique(error) !== 'environments_namespace_key') throw asUniquenessProblem(error, tenant);
      await abandon(transaction);
      throw await this.namespaceTaken(transaction, tenant, scope);
    }
    return { tenant, operation };
  }

  /** Names the namespace that another tenant has, and that tenant if it is within the scope. */
  private async namespaceTaken(
    transaction: Transaction,
    { slug, environments }: Tenant,
    scope: TenantScope | null,
  ): Promise<DomainError> {
    const names = environments.map(({ namespace }) => namespace);
    const [holder] = await this.statements.run<NamespaceHolder>(
      'namespace-holder',
      NAMESPACE_HOLDER,
      [names, uuidsOf(scope), scope?.createdBy ?? null],
      transaction,
    );
    // It can have been deleted since.
    const which = holder === undefined ? 'A namespace' : `The namespace "${holder.namespace}"`;
    const of =
      holder?.slug === undefined || holder.slug === null
        ? 'another tenant'
        : `the environment "${holder.environment}" of the tenant "${holder.slug}" (${idOf('tenant', holder.tenantId)})`;
    const detail = `${which} derived from the slug "${slug}" and its environments belongs to ${of}.`;
    return fieldError('tenant.namespace_taken', '/slug', detail);
  }
}

interface NamespaceHolder {
  namespace: string;
  environment: string;
  tenantId: string;
  /** Null: the tenant is not within the scope. */
  slug: string | null;
}

const NAMESPACE_HOLDER = `
  SELECT e.namespace, e.name AS environment, t.id AS "tenantId",
    CASE WHEN $2::uuid[] IS NULL OR t.id = ANY ($2) OR t.created_by = $3 THEN t.slug END AS slug
  FROM environments e JOIN tenants t ON t.id = e.tenant_id
  WHERE e.namespace = ANY ($1::text[]) ORDER BY e.namespace LIMIT 1`;

function newOperation(
  { manager }: Transaction,
  { id: tenantId, generation }: Tenant,
  { id, kind, by: requestedBy }: { id: string; kind: OperationKind; by: string },
): Operation {
  return manager.create(Operation, {
    id,
    tenantId,
    kind,
    generation,
    requestedBy,
    state: 'pending',
    steps: [],
    error: null,
    finishedAt: null,
  });
}

/**
 * Refuses changes of a frozen tenant.
 * @throws `tenant.frozen`
 */
export function refuseFrozen({
  slug,
  holds,
}: Pick<Tenant, 'slug'> & { holds: Pick<Hold, 'id' | 'source' | 'effect'>[] }): void {
  const freeze = holds.find(({ effect }) => effect === 'freeze');
  if (freeze === undefined) return;
  const detail = `The tenant "${slug}" cannot be changed while the hold ${freeze.id} of the source "${freeze.source}" freezes it.`;
  throw new DomainError('tenant.frozen', detail);
}

/** The problem behind a violated uniqueness of a tenant with this slug; any other error comes back as it is. */
function asUniquenessProblem(error: unknown, { slug }: Pick<Tenant, 'slug'>): unknown {
  const constraint: string = violatedUnique(error) ?? '';
  switch (constraint) {
    case 'tenants_slug_key':
      return fieldError(
        'tenant.slug_taken',
        '/slug',
        `The slug "${slug}" is already taken. That of a tenant that is being deleted is free once its deletion has ended.`,
      );
    case 'tenants_external_id_key':
      return fieldError('tenant.external_id_taken', '/externalId', `Another tenant has this external id.`);
    default:
      return error;
  }
}
