// What a billing system does for a customer who has paid. A test runs it.
import { BulkheadError, type BulkheadClient, type Tenant, unwrap, waitForOperation } from '#client';

/**
 * Makes sure that a customer has a tenant with the plan that they pay for, and returns once the cluster matches. However
 * often and by however many processes it is called, there is one tenant.
 * @param customer id of the customer in the billing system
 */
export async function provision(client: BulkheadClient, customer: string, slug: string, plan: string): Promise<Tenant> {
  const params = { path: { externalId: customer } };
  const outcome = await client.PUT('/v1/tenants/by-external-id/{externalId}', { params, body: { slug, plan } });
  await unwrap<unknown>(outcome);
  // 200: the tenant was like this already.
  if (outcome.response.status === 202) await waitForOperation(client, outcome.response);
  return await unwrap<Tenant>(client.GET('/v1/tenants/by-external-id/{externalId}', { params }));
}

/** Suspends a customer who has not paid. A second request for the same reason changes nothing. */
export async function suspend(client: BulkheadClient, tenantId: string, invoice: string): Promise<void> {
  const path = { id: tenantId };
  const body = { source: 'billing', effect: 'suspend', reason: `Invoice ${invoice} is overdue.` } as const;
  const outcome = await client.POST('/v1/tenants/{id}/holds', { params: { path }, body });
  if (outcome.response.status === 409) return;
  await unwrap<unknown>(outcome);
  await waitForOperation(client, outcome.response);
}

/** Whether a failure is a refusal by the API that repeating will not change. */
export function isRefusal(error: unknown): error is BulkheadError {
  return error instanceof BulkheadError && error.status < 500 && error.status !== 429;
}
