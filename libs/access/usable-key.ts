/**
 * SQL for whether a key can be used: it is neither revoked nor expired, and of no deleted tenant. The clock of Postgres
 * decides, because those of the processes can differ.
 * @param key alias of `api_keys` in the statement
 */
export function isUsable(key: string): string {
  return `(${key}.revoked_at IS NULL AND (${key}.expires_at IS NULL OR ${key}.expires_at > now())
    AND (${key}.tenant_id IS NULL
      OR EXISTS (SELECT FROM tenants t WHERE t.id = ${key}.tenant_id AND t.deleted_at IS NULL)))`;
}
