import { type BulkheadClient, unwrap, waitForOperation } from '#client';

/** A difference between the manifests and the installation. */
export interface Change {
  kind: 'create' | 'update' | 'delete';
  /** What changes, such as `tenant cus_1 (acme)`. */
  subject: string;
  /** One line for each member that differs. */
  details: string[];
  /** Carries the change out, and waits until the cluster matches. */
  apply: () => Promise<void>;
}

/**
 * Waits until the cluster matches a change.
 * @throws BulkheadError, OperationFailedError, OperationTimeoutError
 */
export async function carryOut(
  client: BulkheadClient,
  change: Promise<{ data?: unknown; error?: unknown; response: Response }>,
): Promise<void> {
  const outcome = await change;
  await unwrap(outcome);
  await waitForOperation(client, outcome.response);
}
