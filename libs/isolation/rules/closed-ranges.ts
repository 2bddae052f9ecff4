import { alsoByNat64, type Cidr, forbiddenCidrs, hostCidr, parseCidr } from '#plans';

import { type TenantInput } from '../model/tenant-input.js';

/**
 * Returns the ranges that stay closed to a tenant, whatever its plan and its rules allow: those that no plan can open, the
 * cluster's own, among them the pods of other tenants, and those that the plan denies.
 */
export function alwaysClosed({ cluster, plan }: Pick<TenantInput, 'cluster' | 'plan'>): Cidr[] {
  const { podCidrs, serviceCidrs, nodeCidrs, apiServerEndpoints } = cluster;
  return [
    ...forbiddenCidrs.map(({ cidr }) => cidr),
    ...alsoByNat64([
      ...[...podCidrs, ...serviceCidrs, ...nodeCidrs, ...plan.spec.network.denyCidrs].map(parseCidr),
      ...apiServerEndpoints.ips.map(hostCidr),
    ]),
  ];
}
