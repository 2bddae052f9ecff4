import { type Transaction, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { refuseWhileDeleting, Tenant, type TenantAndOperation, TenantChanges, tenantNotFound } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, IsNull, type Repository } from 'typeorm';

import { Host } from './host.entity.js';

/** The hosts are stored in an annotation of each namespace, and admission iterates over all of them. */
const MOST_HOSTS = 100;

/** A changed host and the operation that carries the change out. */
export interface HostAndOperation extends TenantAndOperation {
  host: Host;
}

/** Assigns host names to tenants, platform-wide; admission enforces the assignment. */
@Injectable()
export class HostsService {
  constructor(
    @InjectRepository(Host) private readonly hosts: Repository<Host>,
    @InjectRepository(Tenant) private readonly tenants: Repository<Tenant>,
    private readonly changes: TenantChanges,
  ) {}

  /**
   * Adds a host with all its subdomains to a tenant. If the tenant already has it, only a new operation is created.
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `host.limit`; `host.taken` also for a parent or
   *   subdomain of a host of another tenant
   */
  async add(transaction: Transaction, createdBy: string, tenantId: string, name: string): Promise<HostAndOperation> {
    const { manager } = transaction;
    const tenant = await this.lock(transaction, tenantId);
    // Overlapping hosts have no common row to lock.
    await manager.query(`SELECT pg_advisory_xact_lock(hashtext('bulkhead.hosts'))`);
    await manager.query(FORGET_RELEASED);
    await refuseOverlap(manager, tenantId, name);
    const stored = await manager.findBy(Host, { tenantId });
    const own = stored.filter(({ removedIn }) => removedIn === null);
    const known = own.find(({ host }) => host === name);
    if (known === undefined && own.length >= MOST_HOSTS) {
      throw new DomainError('host.limit', `The tenant "${tenant.slug}" has ${MOST_HOSTS} hosts, which is the limit.`);
    }
    const host = known ?? manager.create(Host, { host: name, tenantId, createdBy, removedIn: null });
    if (known === undefined) await manager.upsert(Host, host, ['host']);
    return { host, ...(await this.change(transaction, createdBy, tenant)) };
  }

  /**
   * Removes a host from a tenant. Refused while a route uses it. The operation takes it out of the Ingresses and routes
   * that the tenant wrote; until then no other tenant can have it.
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `host.not_found`, `host.in_use`
   */
  async remove(
    transaction: Transaction,
    requestedBy: string,
    tenantId: string,
    name: string,
  ): Promise<HostAndOperation> {
    const tenant = await this.lock(transaction, tenantId);
    const host = await transaction.manager.findOneBy(Host, { host: name, tenantId, removedIn: IsNull() });
    if (host === null) throw new DomainError('host.not_found', `The tenant "${tenant.slug}" has no host "${name}".`);
    await refuseRouted(transaction.manager, tenantId, name);
    const changed = await this.change(transaction, requestedBy, tenant);
    await transaction.manager.update(Host, { host: name }, { removedIn: changed.tenant.generation });
    return { host, ...changed };
  }

  /**
   * Lists the hosts of a tenant, by name.
   * @throws `tenant.not_found`
   */
  async list(tenantId: string): Promise<Host[]> {
    if (uuidOf('tenant', tenantId) === null || !(await this.tenants.existsBy({ id: tenantId }))) {
      throw tenantNotFound(tenantId);
    }
    return this.hosts.find({ where: { tenantId, removedIn: IsNull() }, order: { host: 'ASC' } });
  }

  private async lock(transaction: Transaction, tenantId: string): Promise<Tenant> {
    const tenant = await this.changes.lock(transaction, { id: tenantId, revisions: null });
    refuseWhileDeleting(tenant);
    return tenant;
  }

  private change(transaction: Transaction, by: string, tenant: Tenant): Promise<TenantAndOperation> {
    return this.changes.changeLocked(transaction, tenant, { kind: 'update', by });
  }
}

/** Hosts that were removed, and are no longer named by objects of their tenants. */
const FORGET_RELEASED = `
  DELETE FROM hosts h USING tenants t WHERE t.id = h.tenant_id AND h.removed_in <= t.observed_generation`;

/**
 * Refuses a host that is equal to, a parent of or a subdomain of another tenant's host, since a host covers its
 * subdomains.
 */
async function refuseOverlap(manager: EntityManager, tenantId: string, name: string): Promise<void> {
  const [other] = await manager.query<{ host: string; isReleased: boolean }[]>(
    `SELECT host, removed_in IS NOT NULL AS "isReleased" FROM hosts WHERE tenant_id <> $1
       AND (host = $2 OR right(host, length($2) + 1) = '.' || $2 OR right($2, length(host) + 1) = '.' || host)
     ORDER BY removed_in NULLS FIRST LIMIT 1`,
    [uuidOf('tenant', tenantId), name],
  );
  if (other === undefined) return;
  const message = other.isReleased
    ? `The host "${name}" is being taken from another tenant: try again once that operation has ended.`
    : `The host "${name}" overlaps with a host of another tenant.`;
  throw new DomainError('host.taken', message, {
    errors: [
      {
        pointer: '/host',
        code: 'host.taken',
        detail: 'The host, a parent or a subdomain of it belongs to another tenant.',
      },
    ],
  });
}

/** Refuses while a route uses the host: the next owner's requests would be routed to this tenant. */
async function refuseRouted(manager: EntityManager, tenantId: string, name: string): Promise<void> {
  const [route] = await manager.query<{ name: string; host: string }[]>(
    `SELECT r.name, h.host FROM routes r, jsonb_array_elements_text(r.hosts) AS h (host)
     WHERE r.tenant_id = $1 AND (h.host = $2 OR right(h.host, length($2) + 1) = '.' || $2)
       AND NOT EXISTS (SELECT FROM hosts other WHERE other.tenant_id = $1 AND other.removed_in IS NULL AND other.host <> $2
         AND (h.host = other.host OR right(h.host, length(other.host) + 1) = '.' || other.host))
     ORDER BY r.name, h.host LIMIT 1`,
    [uuidOf('tenant', tenantId), name],
  );
  if (route === undefined) return;
  throw new DomainError(
    'host.in_use',
    `The route "${route.name}" uses "${route.host}". Remove the host from it first.`,
  );
}
