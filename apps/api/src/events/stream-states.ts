import { type Operation, type Tenant } from '#tenancy';

import { toOperationResponse } from '../operations/operation.schema.js';
import { toTenantResponse } from '../tenants/tenant.schema.js';
import { type StreamState } from './event-stream.js';

/** An operation as its event stream shows it. */
export function operationState(operation: Operation): StreamState {
  return { event: 'operation', data: toOperationResponse(operation), last: operation.finishedAt !== null };
}

/** A tenant as its event stream shows it. */
export function tenantState(tenant: Tenant): StreamState {
  return { event: 'tenant', data: toTenantResponse(tenant), last: tenant.deletedAt !== null };
}
