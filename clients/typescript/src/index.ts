export { type BulkheadClient, type ClientOptions, createClient } from './client.js';
export { BulkheadError, OperationFailedError, OperationTimeoutError } from './errors.js';
export type * from './openapi.js';
export { type WaitOptions, waitForOperation } from './operations.js';
export { items } from './pages.js';
export { type RetryOptions } from './retries.js';
export { etagOf, type Outcome, unwrap } from './unwrap.js';
