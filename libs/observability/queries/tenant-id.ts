const TENANT_ID = /^tenant_[0-9a-z]{26}$/;

/**
 * Returns the matcher of a tenant's series.
 * @throws when it is not a tenant id: nothing else can get into a query
 */
export function ofTenant(id: string): string {
  if (!TENANT_ID.test(id)) throw new Error('not a tenant id');
  return `tenant="${id}"`;
}
