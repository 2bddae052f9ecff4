import { type ClusterFacts, type LackingCapability, lackingFor } from '#isolation';
import { type Transaction, uuidOf } from '#persistence';
import { type RouteRule } from '#plans';
import { DomainError, invalidMember } from '#problems';
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

/** What may be changed; an absent member is left as it is. */
export type RouteChange = Partial<Pick<NewRoute, 'hosts' | 'rules' | 'tlsSecret'>>;

/** A route, and what the cluster lacks to carry it out as it is written; null: nothing that is known. */
export interface JudgedRoute {
  route: Route;
  lacking: LackingCapability | null;
}

/** A route as it is after a change, and the operation that carries the change out. */
export interface RouteAndOperation extends TenantAndOperation {
  route: Route;
}

/** Writes down which requests go where. Every change is one of the tenant: the worker carries it out. */
@Injectable()
export class RoutesService {
  constructor(
    @InjectRepository(Route) private readonly routes: Repository<Route>,
    @InjectRepository(Tenant) private readonly tenants: Repository<Tenant>,
    private readonly changes: TenantChanges,
    private readonly plans: PlansService,
  ) {}

  /** @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `tenant_route.name_taken`, those of `checkRoute` */
  async create(
    transaction: Transaction,
    createdBy: string,
    tenantId: string,
    input: NewRoute,
  ): Promise<RouteAndOperation> {
    const { manager } = transaction;
    const tenant = await this.lock(transaction, tenantId);
    if (await manager.existsBy(Route, { tenantId, name: input.name })) {
      const detail = `The tenant "${tenant.slug}" has a route "${input.name}".`;
      throw invalidMember('tenant_route.name_taken', '/name', detail);
    }
    const hosts = input.hosts.toSorted();
    // Before the hosts are sorted, so that a problem points at the one that was sent.
    checkRoute(input, { ...(await this.contextOf(transaction, tenant, input.name)), isNew: true });
    const route = manager.create(Route, { tenantId, ...input, hosts, revision: 1, createdBy });
    await manager.insert(Route, route);
    return { route, ...(await this.change(transaction, createdBy, tenant)) };
  }

  /**
   * Applies a merge patch. A host of another environment, or another environment, takes a new route.
   * @param target `revision` is demanded by `If-Match`; null accepts any.
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `tenant_route.not_found`, `precondition.failed`,
   *   `tenant_route.shifting`, those of `checkRoute`
   */
  async update(
    transaction: Transaction,
    requestedBy: string,
    target: { tenantId: string; name: string; revision: number | null },
    change: RouteChange,
  ): Promise<RouteAndOperation> {
    const { manager } = transaction;
    const { tenant, route } = await this.lockRoute(transaction, target.tenantId, target.name);
    if (target.revision !== null && target.revision !== route.revision) {
      throw new DomainError('precondition.failed', 'The route has changed since the ETag in If-Match was read.');
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

  /** @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `tenant_route.not_found`, `tenant_route.shifting` */
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
   * The routes of a tenant, by name.
   * @throws `tenant.not_found`
   */
  async list(tenantId: string): Promise<JudgedRoute[]> {
    const cluster = await this.clusterOf(tenantId);
    const routes = await this.routes.find({ where: { tenantId }, order: { name: 'ASC' } });
    return routes.map((route) => ({ route, lacking: cluster && lackingFor(route, cluster) }));
  }

  /** @throws `tenant.not_found`, `tenant_route.not_found` */
  async get(tenantId: string, name: string): Promise<JudgedRoute> {
    const cluster = await this.clusterOf(tenantId);
    const route = await this.routes.findOneBy({ tenantId, name });
    if (route === null) throw routeNotFound(name);
    return { route, lacking: cluster && lackingFor(route, cluster) };
  }

  /**
   * A route and its tenant, which is locked.
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `tenant_route.not_found`
   */
  async lockRoute(transaction: Transaction, tenantId: string, name: string): Promise<{ tenant: Tenant; route: Route }> {
    const tenant = await this.lock(transaction, tenantId);
    const route = await transaction.manager.findOneBy(Route, { tenantId, name });
    if (route === null) throw routeNotFound(name);
    return { tenant, route };
  }

  /** The change of the tenant that a change of a route is: its next generation, and the operation. */
  change(transaction: Transaction, by: string, tenant: Tenant): Promise<TenantAndOperation> {
    return this.changes.changeLocked(transaction, tenant, { kind: 'update', by });
  }

  private async lock(transaction: Transaction, tenantId: string): Promise<Tenant> {
    const tenant = await this.changes.lock(transaction, { id: tenantId, revision: null });
    refuseWhileDeleting(tenant);
    return tenant;
  }

  /** What is known of a tenant's cluster; null: nothing yet. */
  private async clusterOf(tenantId: string): Promise<ClusterFacts | null> {
    const tenant = uuidOf('tenant', tenantId) === null ? null : await this.tenants.findOneBy({ id: tenantId });
    if (tenant === null) throw tenantNotFound(tenantId);
    const { facts } = await this.tenants.manager.findOneByOrFail(Cluster, { id: tenant.clusterId });
    return facts;
  }

  /** @throws `service.unavailable` when nothing is known of the cluster yet */
  private async contextOf(
    transaction: Transaction,
    tenant: Tenant,
    name: string,
  ): Promise<Omit<RouteContext, 'isNew'>> {
    const { manager } = transaction;
    const { id: tenantId, planId, planVersion } = tenant;
    const plan = await this.plans.resolve(transaction, { id: planId, version: planVersion });
    if (plan === null) throw new Error(`the tenant ${tenantId} has a plan version that is not there`);
    const { facts } = await manager.findOneByOrFail(Cluster, { id: tenant.clusterId });
    if (facts === null) {
      throw new DomainError('service.unavailable', 'No worker has looked yet at what the tenant’s cluster can do.');
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

/** Changes the row, and the entity with it. */
export async function writeRoute(manager: EntityManager, route: Route, columns: RouteChange): Promise<void> {
  const changed = { ...columns, revision: route.revision + 1, updatedAt: new Date() };
  await manager.update(Route, { tenantId: route.tenantId, name: route.name }, changed);
  Object.assign(route, changed);
}

/** A shift puts back what the route had before, so nothing else may change meanwhile. */
async function refuseWhileShifting(manager: EntityManager, { tenantId, name }: Route): Promise<void> {
  const shift = await manager.findOneBy(RouteShift, { tenantId, route: name, finishedAt: IsNull() });
  if (shift === null) return;
  throw new DomainError('tenant_route.shifting', `The shift ${shift.id} is not at its end. Abort it, or wait for it.`);
}

function routeNotFound(name: string): DomainError {
  return new DomainError('tenant_route.not_found', `The tenant has no route "${name}".`);
}
