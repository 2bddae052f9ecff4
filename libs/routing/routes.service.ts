import { type ClusterFacts, type MissingCapability, missingCapabilityFor } from '#isolation';
import { type Transaction, uuidOf } from '#persistence';
import { type RouteRule } from '#plans';
import { DomainError, fieldError } from '#problems';
import {
  Cluster,
  PlansService,
  refuseWhileDeleting,
  Tenant,
  type TenantAndOperation,
  TenantChanges,
  tenantNotFound,
} from '#tenancy';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, Not, type Repository } from 'typeorm';

import { Host } from './host.entity.js';
import { checkRoute, type RouteContext } from './route-checks.js';
import { RouteShift } from './route-shift.entity.js';
import { Route } from './route.entity.js';

export interface NewRoute {
  name: string;
  environment: string;
  hosts: string[];
  rules: RouteRule[];
  tlsSecret: string | null;
}

/** A merge patch of a route; absent fields stay unchanged. */
export type RouteChange = Partial<Pick<NewRoute, 'hosts' | 'rules' | 'tlsSecret'>>;

/** A route and the capability that the cluster lacks to carry it out; null if none is known to be missing. */
export interface JudgedRoute {
  route: Route;
  lacking: MissingCapability | null;
}

/** A changed route and the operation that carries the change out. */
export interface RouteAndOperation extends TenantAndOperation {
  route: Route;
}

/** Manages routes. Every change of a route is a change of its tenant, which a worker carries out. */
@Injectable()
export class RoutesService {
  constructor(
    @InjectRepository(Route) private readonly routes: Repository<Route>,
    @InjectRepository(Tenant) private readonly tenants: Repository<Tenant>,
    private readonly changes: TenantChanges,
    private readonly plans: PlansService,
  ) {}

  /**
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `tenant_route.name_taken`, those of `checkRoute`
   */
  async create(
    transaction: Transaction,
    createdBy: string,
    tenantId: string,
    input: NewRoute,
  ): Promise<RouteAndOperation> {
    const { manager } = transaction;
    const tenant = await this.lock(transaction, tenantId);
    if (await manager.existsBy(Route, { tenantId, name: input.name })) {
      const detail = `The tenant "${tenant.slug}" already has a route "${input.name}".`;
      throw fieldError('tenant_route.name_taken', '/name', detail);
    }
    const hosts = input.hosts.toSorted();
    // Check before sorting the hosts, so that pointers refer to the request.
    checkRoute(input, { ...(await this.contextOf(transaction, tenant, input.name)), isNew: true });
    const route = manager.create(Route, { tenantId, ...input, hosts, revision: 1, createdBy });
    await manager.insert(Route, route);
    return { route, ...(await this.change(transaction, createdBy, tenant)) };
  }

  /**
   * Applies a merge patch. Changing the environment requires a new route.
   * @param target `If-Match` requires one of `revisions`; null accepts any.
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `tenant_route.not_found`, `precondition.failed`,
   *   `tenant_route.shifting`, those of `checkRoute`
   */
  async update(
    transaction: Transaction,
    requestedBy: string,
    target: { tenantId: string; name: string; revisions: readonly number[] | null },
    change: RouteChange,
  ): Promise<RouteAndOperation> {
    const { manager } = transaction;
    const { tenant, route } = await this.lockRoute(transaction, target.tenantId, target.name);
    if (target.revisions !== null && !target.revisions.includes(route.revision)) {
      throw new DomainError(
        'precondition.failed',
        'The route has changed since the ETag in If-Match was read. Read it again.',
      );
    }
    await refuseWhileShifting(manager, route);
    const wanted = { hosts: route.hosts, rules: route.rules, tlsSecret: route.tlsSecret, ...change };
    checkRoute(
      { name: route.name, environment: route.environment, ...wanted },
      { ...(await this.contextOf(transaction, tenant, route.name)), isNew: false },
    );
    await writeRoute(manager, route, { ...wanted, hosts: wanted.hosts.toSorted() });
    return { route, ...(await this.change(transaction, requestedBy, tenant)) };
  }

  /**
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `tenant_route.not_found`, `tenant_route.shifting`
   */
  async remove(
    transaction: Transaction,
    requestedBy: string,
    tenantId: string,
    name: string,
  ): Promise<RouteAndOperation> {
    const { tenant, route } = await this.lockRoute(transaction, tenantId, name);
    await refuseWhileShifting(transaction.manager, route);
    await transaction.manager.delete(Route, { tenantId, name });
    return { route, ...(await this.change(transaction, requestedBy, tenant)) };
  }

  /**
   * Lists the routes of a tenant, by name.
   * @throws `tenant.not_found`
   */
  async list(tenantId: string): Promise<JudgedRoute[]> {
    const cluster = await this.clusterOf(tenantId);
    const routes = await this.routes.find({ where: { tenantId }, order: { name: 'ASC' } });
    return routes.map((route) => ({ route, lacking: cluster && missingCapabilityFor(route, cluster) }));
  }

  /** @throws `tenant.not_found`, `tenant_route.not_found` */
  async get(tenantId: string, name: string): Promise<JudgedRoute> {
    const cluster = await this.clusterOf(tenantId);
    const route = await this.routes.findOneBy({ tenantId, name });
    if (route === null) throw routeNotFound(name);
    return { route, lacking: cluster && missingCapabilityFor(route, cluster) };
  }

  /**
   * Returns a route and its tenant, which is locked.
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `tenant_route.not_found`
   */
  async lockRoute(transaction: Transaction, tenantId: string, name: string): Promise<{ tenant: Tenant; route: Route }> {
    const tenant = await this.lock(transaction, tenantId);
    const route = await transaction.manager.findOneBy(Route, { tenantId, name });
    if (route === null) throw routeNotFound(name);
    return { tenant, route };
  }

  /** Starts the change of the tenant for a changed route: its next generation and an operation. */
  change(transaction: Transaction, by: string, tenant: Tenant): Promise<TenantAndOperation> {
    return this.changes.changeLocked(transaction, tenant, { kind: 'update', by });
  }

  private async lock(transaction: Transaction, tenantId: string): Promise<Tenant> {
    const tenant = await this.changes.lock(transaction, { id: tenantId, revisions: null });
    refuseWhileDeleting(tenant);
    return tenant;
  }

  /** Returns the facts of a tenant's cluster; null if there are none yet. */
  private async clusterOf(tenantId: string): Promise<ClusterFacts | null> {
    const tenant = uuidOf('tenant', tenantId) === null ? null : await this.tenants.findOneBy({ id: tenantId });
    if (tenant === null) throw tenantNotFound(tenantId);
    const { facts } = await this.tenants.manager.findOneByOrFail(Cluster, { id: tenant.clusterId });
    return facts;
  }

  /** @throws `service.unavailable` if there are no facts of the cluster yet */
  private async contextOf(
    transaction: Transaction,
    tenant: Tenant,
    name: string,
  ): Promise<Omit<RouteContext, 'isNew'>> {
    const { manager } = transaction;
    const { id: tenantId, planId, planVersion } = tenant;
    const plan = await this.plans.resolve(transaction, { id: planId, version: planVersion });
    if (plan === null) throw new Error(`the tenant ${tenantId} has a missing plan version`);
    const { facts } = await manager.findOneByOrFail(Cluster, { id: tenant.clusterId });
    if (facts === null) {
      throw new DomainError('service.unavailable', 'No worker has inspected the tenant’s cluster yet; retry later.');
    }
    return {
      plan: { id: planId, spec: plan.spec },
      environments: tenant.environments.map((environment) => environment.name),
      hosts: (await manager.findBy(Host, { tenantId })).map(({ host }) => host),
      others: await manager.findBy(Route, { tenantId, name: Not(name) }),
      cluster: facts,
    };
  }
}

/** Updates the row and the entity. */
export async function writeRoute(manager: EntityManager, route: Route, columns: RouteChange): Promise<void> {
  const changed = { ...columns, revision: route.revision + 1, updatedAt: new Date() };
  await manager.update(Route, { tenantId: route.tenantId, name: route.name }, changed);
  Object.assign(route, changed);
}

/** Refuses changes during a shift, because aborting it restores the original rules. */
async function refuseWhileShifting(manager: EntityManager, { tenantId, name }: Route): Promise<void> {
  const shift = await manager.findOneBy(RouteShift, { tenantId, route: name, finishedAt: IsNull() });
  if (shift === null) return;
  throw new DomainError(
    'tenant_route.shifting',
    `The shift ${shift.id} is active. Wait until it finishes, or abort it.`,
  );
}

function routeNotFound(name: string): DomainError {
  return new DomainError('tenant_route.not_found', `The tenant has no route "${name}".`);
}
