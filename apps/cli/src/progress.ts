import { type BulkheadClient, type Operation, waitForOperation } from '#client';

import { visible } from './print.js';

/**
 * Waits for an operation. A terminal gets a line that is redrawn as it goes on; a log gets only how it ended.
 * @returns the operation, which succeeded
 * @throws as `waitForOperation`
 */
export async function waitWithProgress(
  client: BulkheadClient,
  change: Response,
  timeoutSeconds: number,
  stream: NodeJS.WriteStream = process.stderr,
): Promise<Operation> {
  const timeoutMs = timeoutSeconds * 1_000;
  if (!stream.isTTY) return await waitForOperation(client, change, { timeoutMs });
  const clear = '\r\u001b[K';
  const onProgress = (operation: Operation): void => {
    stream.write(`${clear}${lineOf(operation).slice(0, stream.columns - 1)}`);
  };
  try {
    return await waitForOperation(client, change, { timeoutMs, onProgress });
  } finally {
    stream.write(clear);
  }
}

function lineOf({ kind, state, steps, error }: Operation): string {
  const done = steps.filter((step) => step.state === 'succeeded').length;
  const last = steps.at(-1);
  const doing = error?.message ?? (last === undefined ? '' : `${last.name} ${last.object}`);
  return visible(`${kind}: ${state}, ${done} of ${steps.length} steps. ${doing}`).replaceAll('\n', ' ');
}
