import { type BulkheadClient, unwrap } from '#client';

import { UsageError } from './exit-codes.js';

/**
 * Returns the id of a tenant that is given by its id or its slug.
 * @throws UsageError if there is none with this slug
 */
export async function tenantId(client: BulkheadClient, given: string): Promise<string> {
  if (given.startsWith('tenant_')) return given;
  const { items } = await unwrap(client.GET('/v1/tenants', { params: { query: { slug: given } } }));
  const [tenant] = items;
  if (tenant === undefined) throw new UsageError(`There is no tenant with the slug ${given}.`);
  return tenant.id;
}
