import { keyOf, type LiveObject, objectName } from '#kube';

import { PassFailed, PassWaiting } from '../pass/outcome.js';

/** How often a namespace that is ending is looked at. */
const TERMINATION_POLL_MS = 1_000;

/** Whether nobody has asked for the object's end. */
export function isStanding({ metadata }: LiveObject): boolean {
  return metadata.deletionTimestamp === undefined;
}

/** @throws PassWaiting while one of these namespaces is there: it is ending, and nothing can be made in it. */
export function waitForEnd([ending]: readonly LiveObject[]): void {
  if (ending === undefined) return;
  const { name } = ending.metadata;
  const trouble = {
    reason: 'NamespaceTerminating',
    message: `The namespace ${name} is being deleted${blockers(ending)}.`,
    object: objectName(keyOf(ending)),
    kind: 'Namespace',
  };
  throw new PassWaiting(trouble, TERMINATION_POLL_MS);
}

/** What keeps a namespace from ending, in the namespace controller's own words. */
function blockers(namespace: LiveObject): string {
  const status = (namespace as { status?: { conditions?: { type: string; status: string; message?: string }[] } })
    .status;
  const remaining = (status?.conditions ?? []).filter(
    ({ type, status: value }) => /Remaining|Failure/.test(type) && value === 'True',
  );
  return remaining.length === 0 ? '' : `: ${remaining.map(({ message = '' }) => message).join(' ')}`;
}

/** @throws PassFailed when somebody else's namespace is in the way: it is never taken over. */
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
