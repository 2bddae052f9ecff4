import { actingWith, type Caller, type Grant, type Permission, type Principal } from '#access';
import { DomainError } from '#problems';
import { operationNotFound, tenantNotFound, type TenantOrigin, type TenantScope, TenantScopes } from '#tenancy';
import { Injectable } from '@nestjs/common';

import { type EndpointOptions, type RouteReach } from '../http/endpoint.decorator.js';

/** What a request concerns, and what it needs. */
export interface RouteTarget extends Pick<EndpointOptions, 'permission'> {
  reach: RouteReach;
  /** The path parameter `id` or `externalId`; empty if there is none. */
  id: string;
}

/** Keeps callers to the tenants that they reach. */
@Injectable()
export class ReachGuard {
  constructor(private readonly scopes: TenantScopes) {}

  /**
   * Returns the caller with the grants that hold for what the request concerns. Another's tenant does not exist for the
   * caller: 403 would tell that it does (OWASP API1:2023).
   * @throws `tenant.not_found`, `operation.not_found`; `auth.forbidden` if the route concerns the whole platform
   */
  async actingOn(caller: Caller, { reach, permission, id }: RouteTarget): Promise<Principal> {
    const { grants } = caller;
    if (grants.length > 0 && grants.every((grant) => grant.reach.all)) return actingWith(caller, grants);
    switch (reach) {
      case 'tenant':
        return this.ofTenant(caller, await this.tenant(caller, id), tenantNotFound(id));
      case 'operation':
        return this.ofTenant(caller, await this.scopes.ofOperation(id), operationNotFound(id));
      case 'external-id':
        return this.ofExternalId(caller, id);
      case 'platform':
        return this.ofPlatform(caller);
      case 'filtered': {
        // A list shows what each grant with its permission reaches; without any, the permission is what is missing.
        const listing = grants.filter((grant) => hasOneOf(grant, [permission].flat()));
        return actingWith(caller, listing.length > 0 ? listing : grants);
      }
    }
  }

  /** Reports whether a request that goes on would still be accepted. */
  async stillAllows(caller: Principal, target: RouteTarget): Promise<boolean> {
    const now = await caller.now();
    if (now === null) return false;
    const acting = await this.actingOn(now, target).catch((error: unknown) => {
      if (error instanceof DomainError) return null;
      throw error;
    });
    return acting !== null && hasOneOf(acting, [target.permission].flat());
  }

  /** A tenant that a grant names is not read: it was there when the grants were. */
  private async tenant({ grants }: Caller, id: string): Promise<TenantOrigin | null> {
    const isListed = grants.some(({ reach }) => reach.tenantIds.includes(id));
    const isAsked = grants.some(({ reach }) => reach.all || reach.created);
    return isListed && !isAsked ? { tenantId: id, createdBy: null } : this.scopes.ofTenant(id);
  }

  private ofTenant(caller: Caller, origin: TenantOrigin | null, notFound: DomainError): Principal {
    const holding = origin === null ? [] : caller.grants.filter(({ reach }) => reachesIt(reach, caller, origin));
    if (holding.length === 0) throw notFound;
    return actingWith(caller, holding);
  }

  /** What a caller that reaches no tenant of this external id may do is create one. */
  private async ofExternalId(caller: Caller, externalId: string): Promise<Principal> {
    const origin = await this.scopes.ofExternalId(externalId);
    const holding = origin === null ? [] : caller.grants.filter(({ reach }) => reachesIt(reach, caller, origin));
    const acting = holding.length > 0 ? holding : caller.grants.filter((grant) => hasOneOf(grant, ['tenants:create']));
    if (acting.length === 0) throw tenantNotFound(externalId);
    return actingWith(caller, acting);
  }

  private ofPlatform(caller: Caller): Principal {
    const holding = caller.grants.filter(({ reach }) => reach.all);
    if (holding.length > 0) return actingWith(caller, holding);
    throw new DomainError('auth.forbidden', `The caller reaches ${described(caller)} only, not the platform.`);
  }
}

/** Returns the tenants that a caller reaches, for lists; null: all. */
export function scopeOf({ id, reach }: Principal): TenantScope | null {
  return reach.all ? null : { tenantIds: reach.tenantIds, createdBy: reach.created ? id : null };
}

function reachesIt(reach: Grant['reach'], caller: Caller, { tenantId, createdBy }: TenantOrigin): boolean {
  return reach.all || reach.tenantIds.includes(tenantId) || (reach.created && createdBy === caller.id);
}

function hasOneOf({ permissions }: Pick<Grant, 'permissions'>, alternatives: readonly string[]): boolean {
  return alternatives.some((each) => permissions.has(each as Permission));
}

function described({ grants }: Caller): string {
  const tenantIds = grants.flatMap(({ reach }) => reach.tenantIds);
  const created = grants.some(({ reach }) => reach.created) ? ['tenants that it created'] : [];
  const listed = tenantIds.length === 0 ? [] : [`the tenant${tenantIds.length > 1 ? 's' : ''} ${tenantIds.join(', ')}`];
  return [...created, ...listed].join(' and ') || 'no tenant';
}
