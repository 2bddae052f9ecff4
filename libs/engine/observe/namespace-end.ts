import { keyOf, type LiveObject, objectName } from '#kube';

import { PassFailed, PassWaiting } from '../pass/outcome.js';

/** Pause between looks at a terminating namespace. */
const TERMINATION_POLL_MS = 1_000;

/** Reports whether the object's deletion was requested; finalizers may still hold it. */
export function isTerminating({ metadata }: LiveObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** @throws PassWaiting if there is a terminating namespace: nothing can be created in it. */
export function refuseTerminating([terminating]: readonly LiveObject[]): void {
  if (terminating === undefined) return;
  const { name } = terminating.metadata;
  const problem = {
    reason: 'NamespaceTerminating',
    message: `The namespace ${name} is being deleted${blockers(terminating)}.`,
    object: objectName(keyOf(terminating)),
    kind: 'Namespace',
  };
  throw new PassWaiting(problem, TERMINATION_POLL_MS);
}

/** Why a namespace is still there, in the words of the namespace controller. */
function blockers(namespace: LiveObject): string {
  const status = (namespace as { status?: { conditions?: { type: string; status: string; message?: string }[] } })
    .status;
  const remaining = (status?.conditions ?? []).filter(
    ({ type, status: value }) => /Remaining|Failure/.test(type) && value === 'True',
  );
  return remaining.length === 0 ? '' : `: ${remaining.map(({ message = '' }) => message).join(' ')}`;
}

/** @throws PassFailed if a namespace belongs to someone else: it is never taken over. */
export function refuseForeign([foreign]: readonly LiveObject[]): void {
  if (foreign === undefined) return;
  const { name } = foreign.metadata;
  throw new PassFailed({
    reason: 'NamespaceNotOwned',
    message:
      `The namespace ${name} exists and does not belong to this tenant. Remove it and send any change of the tenant, ` +
      'or delete the tenant and create it under another slug.',
    object: objectName(keyOf(foreign)),
    kind: 'Namespace',
  });
}
