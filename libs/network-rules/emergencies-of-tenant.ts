import { idOf, uuidOf } from '#persistence';
import { EMERGENCY_SELECTS, EMERGENCY_IN_FORCE } from '#tenancy';
import { type EntityManager, In } from 'typeorm';

import { EmergencyRule } from './emergency-rule.entity.js';
import { StoredNetworkRule } from './network-rule.entity.js';

/**
 * Returns the emergency rules in force for a tenant, by id, as rules of the platform in this tenant. Nothing of them
 * tells which other tenants have them.
 */
export async function emergenciesOf(
  manager: EntityManager,
  { id, generation }: { id: string; generation: number },
): Promise<StoredNetworkRule[]> {
  const found = await manager.query<{ id: string }[]>(
    `SELECT e.id FROM tenants t, emergency_rules e WHERE t.id = $1 AND ${EMERGENCY_IN_FORCE} AND ${EMERGENCY_SELECTS}`,
    [uuidOf('tenant', id)],
  );
  if (found.length === 0) return [];
  const rules = await manager.findBy(EmergencyRule, { id: In(found.map((row) => idOf('rule', row.id))) });
  return rules
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ direction, cidrs, except, ports, reason, createdBy, createdAt, expiresAt, ...rule }) =>
      manager.create(StoredNetworkRule, {
        ...{ id: rule.id, direction, cidrs, except, ports, reason, createdBy, createdAt, expiresAt, generation },
        tenantId: id,
        action: 'deny',
        hosts: [],
        environments: null,
        podLabels: {},
        beyondPlan: true,
        owner: 'platform',
        expiredAt: null,
        revision: 1,
        updatedAt: createdAt,
      }),
    );
}
