import { type Transaction, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { refuseWhileDeleting, Tenant, type TenantAndOperation, TenantChanges, tenantNotFound } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, type Repository } from 'typeorm';

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
    await refuseOverlap(manager, tenantId, name);
    const own = await manager.findBy(Host, { tenantId });
    const known = own.find(({ host }) => host === name);
    if (known === undefined && own.length >= MOST_HOSTS) {
      throw new DomainError('host.limit', `The tenant "${tenant.slug}" has ${MOST_HOSTS} hosts, which is the limit.`);
    }
    const host = known ?? manager.create(Host, { host: name, tenantId, createdBy });
    if (known === undefined) await manager.insert(Host, host);
    return { host, ...(await this.change(transaction, createdBy, tenant)) };
  }

  /**
   * Removes a host from a tenant. Refused while a route uses it. Objects of the tenant with the host remain, but cannot
   * be updated without removing the host from them.
   * @throws `tenant.not_found`, `tenant.deleting`, `tenant.frozen`, `host.not_found`, `host.in_use`
   */
  async remove(
    transaction: Transaction,
    requestedBy: string,
    tenantId: string,
    name: string,
  ): Promise<HostAndOperation> {
    const tenant = await this.lock(transaction, tenantId);
    const host = await transaction.manager.findOneBy(Host, { host: name, tenantId });
    if (host === null) throw new DomainError('host.not_found', `The tenant "${tenant.slug}" has no host "${name}".`);
    await refuseRouted(transaction.manager, tenantId, name);
    await transaction.manager.delete(Host, { host: name });
    return { host, ...(await this.change(transaction, requestedBy, tenant)) };
  }

  /**
   * Lists the hosts of a tenant, by name.
   * @throws `tenant.not_found`
   */
  async list(tenantId: string): Promise<Host[]> {
    if (uuidOf('tenant', tenantId) === null || !(await this.tenants.existsBy({ id: tenantId }))) {
      throw tenantNotFound(tenantId);
    }
    return this.hosts.find({ where: { tenantId }, order: { host: 'ASC' } });
  }

  private async lock(transaction: Transaction, tenantId: string): Promise<Tenant> {
    const tenant = await this.changes.lock(transaction, { id: tenantId, revision: null });
    refuseWhileDeleting(tenant);
    return tenant;
  }

  private change(transaction: Transaction, by: string, tenant: Tenant): Promise<TenantAndOperation> {
    return this.changes.changeLocked(transaction, tenant, { kind: 'update', by });
  }
}

/**
 * Refuses a host that is equal to, a parent of or a subdomain of another tenant's host, since a host covers its
 * subdomains.
 */
async function refuseOverlap(manager: EntityManager, tenantId: string, name: string): Promise<void> {
  const [other] = await manager.query<{ host: string }[]>(
    `SELECT host FROM hosts WHERE tenant_id <> $1
       AND (host = $2 OR right(host, length($2) + 1) = '.' || $2 OR right($2, length(host) + 1) = '.' || host) LIMIT 1`,
    [uuidOf('tenant', tenantId), name],
  );
  if (other === undefined) return;
  throw new DomainError('host.taken', `The host "${name}" overlaps with a host of another tenant.`, {
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
       AND NOT EXISTS (SELECT FROM hosts other WHERE other.tenant_id = $1 AND other.host <> $2
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
