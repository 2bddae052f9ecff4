import { areRenderable, type OfferedLink } from '#isolation';
import { type EntityManager } from 'typeorm';

import { type LinkResolution } from '../link-status.js';
import { type ClaimedLook } from './link-rows.js';
import { type Findings } from './service-behind-link.js';

/**
 * What was found for a link, unless it cannot be rendered together with the provider's other links: then the problem.
 * @param manager of a transaction that holds the lock of the provider
 */
export async function amongOthers(
  manager: EntityManager,
  { id, namespace, service }: Pick<ClaimedLook, 'id' | 'namespace' | 'service'>,
  found: Findings,
): Promise<Findings> {
  if (found.resolution === null) return found;
  const others = await manager.query<{ namespace: string; resolution: LinkResolution }[]>(
    `SELECT e.namespace, l.resolution::json AS resolution
     FROM links own JOIN links l ON l.provider_tenant_id = own.provider_tenant_id AND l.id <> own.id
       JOIN environments e ON e.tenant_id = l.provider_tenant_id AND e.name = l.provider_environment
     WHERE own.id = $1 AND l.ended_at IS NULL AND l.resolution IS NOT NULL`,
    [id],
  );
  if (areRenderable([...others, { namespace, resolution: found.resolution }].map(offered))) return found;
  const message = `The Service "${service}" in ${namespace} and those of the provider's other links select pods by too many different labels.`;
  return { resolution: null, problem: { code: 'TooManySelectors', message } };
}

function offered({ namespace, resolution }: { namespace: string; resolution: LinkResolution }): OfferedLink {
  return { provider: { namespace, podLabels: resolution.podLabels }, ports: resolution.ports };
}
