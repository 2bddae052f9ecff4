const TENANT_ID = /^tenant_[0-9a-z]{26}$/;

/**
 * The matcher of a tenant's series.
 * @throws when it is not the id of a tenant: nothing else may get into a query
 */
export function ofTenant(id: string): string {
  if (!TENANT_ID.test(id)) throw new Error('not the id of a tenant');
  return `tenant="${id}"`;
}
