import { type BulkheadClient } from './client.js';
import { OperationFailedError, OperationTimeoutError } from './errors.js';
import { type Operation } from './openapi.js';
import { unwrap } from './unwrap.js';

export interface WaitOptions {
  /** The longest time to wait, in milliseconds; by default five minutes. */
  timeoutMs?: number;
  /** Called with every state that is seen, about twice a second at most. */
  onProgress?: (operation: Operation) => void;
  signal?: AbortSignal;
}

const ended = new Set<Operation['state']>(['succeeded', 'failed', 'superseded', 'cancelled']);

/**
 * Waits until the cluster matches a change.
 * @param change id of the operation, or the 202 answer whose `Location` names it
 * @returns the operation, which succeeded
 * @throws OperationFailedError if it ended otherwise, OperationTimeoutError if it goes on, BulkheadError if the API refuses
 */
export async function waitForOperation(
  client: BulkheadClient,
  change: string | Response,
  { timeoutMs = 300_000, onProgress, signal }: WaitOptions = {},
): Promise<Operation> {
  const id = typeof change === 'string' ? change : operationOf(change);
  const until = Date.now() + timeoutMs;
  for (;;) {
    const left = Math.max(0, until - Date.now());
    // Without a listener one long wait costs the API least.
    const wait = Math.min(left / 1_000, onProgress === undefined ? 30 : 0.5);
    const operation = await unwrap<Operation>(
      client.GET('/v1/operations/{id}', {
        params: { path: { id }, query: { wait } },
        ...(signal === undefined ? {} : { signal }),
      }),
    );
    onProgress?.(operation);
    if (operation.state === 'succeeded') return operation;
    if (ended.has(operation.state)) throw new OperationFailedError(operation);
    if (left === 0) throw new OperationTimeoutError(operation);
  }
}

function operationOf({ headers }: Response): string {
  const location = headers.get('location') ?? '';
  const id = /^\/v1\/operations\/(op_\w+)$/.exec(location)?.[1];
  if (id === undefined) throw new Error('The answer names no operation to wait for.');
  return id;
}
