import { type Operation, type Tenant } from '#tenancy';

import { toOperationResponse } from '../operations/operation.schema.js';
import { toTenantResponse } from '../tenants/tenant.schema.js';
import { type StreamState } from './event-stream.js';

/** Maps an operation to a state of its event stream. */
export function operationState(operation: Operation): StreamState {
  return { event: 'operation', data: toOperationResponse(operation), last: operation.finishedAt !== null };
}

/** Maps a tenant to a state of its event stream. */
export function tenantState(tenant: Tenant): StreamState {
  return { event: 'tenant', data: toTenantResponse(tenant), last: tenant.deletedAt !== null };
}
