import { type Transaction, violatedUnique } from '#persistence';
import { namespaceName } from '#plans';
import { fieldError } from '#problems';
import { Injectable } from '@nestjs/common';

import { PlanVersion } from '../plans/plan.entity.js';
import { refuseWhileDeleting } from '../tenants/deletion-state.js';
import { Environment } from '../tenants/environment.entity.js';
import { type TenantAndOperation, TenantChanges } from './tenant-changes.js';
import { checkEnvironmentCount } from './tenants.service.js';

/** Changes which environments a tenant has. */
@Injectable()
export class EnvironmentsService {
  constructor(private readonly changes: TenantChanges) {}

  /**
   * Adds an environment, within what the plan allows. The quota is divided anew.
   * @param target `revisions` are generations of which `If-Match` requires one; null accepts any
   * @throws `tenant.{not_found,deleting,frozen,plan_limit,environment_exists,namespace_taken}`, `precondition.failed`
   */
  async add(
    transaction: Transaction,
    requestedBy: string,
    target: { id: string; revisions: readonly number[] | null },
    name: string,
  ): Promise<TenantAndOperation> {
    const { manager } = transaction;
    const tenant = await this.changes.lock(transaction, target);
    refuseWhileDeleting(tenant);
    const { slug, environments, planId, planVersion: version } = tenant;
    if (environments.some((environment) => environment.name === name)) {
      const detail = `The tenant "${slug}" already has an environment "${name}".`;
      throw fieldError('tenant.environment_exists', '/name', detail);
    }
    const plan = await manager.findOneByOrFail(PlanVersion, { planId, version });
    checkEnvironmentCount(plan, environments.length + 1, '/name');
    const position = Math.max(-1, ...environments.map((environment) => environment.position)) + 1;
    const added = manager.create(Environment, {
      ...{ tenantId: tenant.id, name, position, namespace: namespaceName(slug, name) },
      releasedAt: null,
    });
    try {
      await manager.insert(Environment, added);
    } catch (error) {
      if (violatedUnique(error) !== 'environments_namespace_key') throw error;
      const detail = `The namespace ${added.namespace} belongs to another tenant.`;
      throw fieldError('tenant.namespace_taken', '/name', detail);
    }
    tenant.environments.push(added);
    return this.changes.changeLocked(transaction, tenant, { kind: 'update', by: requestedBy });
  }
}
