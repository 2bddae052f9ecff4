import { type Principal } from '#access';
import { uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { operationNotFound, tenantNotFound, type TenantScope, TenantScopes } from '#tenancy';
import { Injectable } from '@nestjs/common';

import { type RouteReach } from '../http/endpoint.decorator.js';

/** Keeps callers to the tenants that they reach. */
@Injectable()
export class ReachGuard {
  constructor(private readonly scopes: TenantScopes) {}

  /**
   * Refuses requests about what the caller does not reach. Another's tenant does not exist for the caller: 403 would
   * tell that it does (OWASP API1:2023).
   * @throws `tenant.not_found`, `operation.not_found`; `auth.forbidden` if the route concerns the whole platform
   */
  async refuseStrangers(caller: Principal, route: RouteReach, { id = '' }: { id?: string }): Promise<void> {
    if (caller.reach.kind === 'all' || route === 'filtered') return;
    const scope = scopeOf(caller);
    switch (route) {
      case 'tenant':
        if (uuidOf('tenant', id) === null || !(await this.scopes.hasTenant(scope, id))) throw tenantNotFound(id);
        return;
      case 'operation':
        if (uuidOf('op', id) === null || !(await this.scopes.hasOperation(scope, id))) throw operationNotFound(id);
        return;
      case 'platform':
        throw new DomainError('auth.forbidden', `This API key reaches ${described(caller)} only, not the platform.`);
    }
  }
}

/** Returns the tenants that a caller reaches, for lists. */
export function scopeOf({ id, reach }: Principal): TenantScope {
  switch (reach.kind) {
    case 'all':
      return {};
    case 'created':
      return { createdBy: id };
    case 'tenant':
      return { tenantId: reach.tenantId };
  }
}

function described({ reach }: Principal): string {
  return reach.kind === 'tenant' ? `the tenant ${reach.tenantId}` : 'tenants that it created';
}
