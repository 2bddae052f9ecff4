import { type Row } from '#persistence';
import { DomainError } from '#problems';

/**
 * The cluster that a new tenant is placed on, as an SQL subquery: the only one, if there is one. Of several: of those
 * that a worker has reached (or of all, before any was), the one with the fewest tenants that are not deleted, and the
 * oldest of these. Tenants are counted only where there is a choice. A tenant stays on its cluster.
 */
export const CHOSEN_CLUSTER = `
  SELECT id, facts FROM clusters
  ORDER BY facts IS NULL,
    CASE WHEN (SELECT count(*) FROM clusters) > 1
      THEN (SELECT count(*) FROM tenants WHERE cluster_id = clusters.id AND deleted_at IS NULL) END,
    created_at, id
  LIMIT 1`;

/**
 * The id, as it is stored, of the cluster that `CHOSEN_CLUSTER` chose.
 * @throws `service.unavailable` when there is none
 */
export function chosenCluster({ placed_on: uuid }: Row): string {
  if (typeof uuid === 'string') return uuid;
  throw new DomainError('service.unavailable', 'There is no cluster to place the tenant on.');
}
