import { keyOf, type LiveObject, objectName } from '#kube';

import { PassFailed, PassWaiting } from '../pass/outcome.js';

/** Pause between looks at a terminating namespace. */
const TERMINATION_POLL_MS = 1_000;

/** Reports whether the object's deletion was requested; finalizers may still hold it. */
export function isTerminating({ metadata }: LiveObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** What the namespace controller reports about a namespace that it cannot remove yet. */
export interface RemainingContent {
  /** In its own words; empty if it reports nothing, e.g. because it has not come to this namespace yet. */
  message: string;
  /** Kinds of which objects remain. */
  resources: { group: string; resource: string }[];
  /** True if finalizers may hold some of them. */
  isHeld: boolean;
}

const pods = { group: '', resource: 'pods' };

/**
 * Reads the conditions of a terminating namespace. The controller writes them each time that it does not get to the end
 * (kubernetes: pkg/controller/namespace/deletion/status_condition_utils.go). While pods remain, it touches nothing else
 * and reports that all is well (namespaced_resources_deleter.go, `deleteAllContent`).
 */
export function remainingContent(namespace: LiveObject): RemainingContent {
  const { status } = namespace as { status?: { conditions?: NamespaceCondition[] } };
  const reported = (status?.conditions ?? []).filter(({ type }) => /^Namespace.*(Remaining|Failure)$/.test(type));
  const remaining = reported.filter(({ status: value }) => value === 'True');
  if (reported.length > 0 && remaining.length === 0) return { message: '', resources: [pods], isHeld: true };
  const content = remaining.find(({ type }) => type === 'NamespaceContentRemaining');
  const named = (content?.message ?? '').matchAll(/([^\s.]+)\.(\S*) has \d+ resource instances/g);
  return {
    message: remaining.map(({ message = '' }) => message).join(' '),
    resources: [...named].map(([, resource = '', group = '']) => ({ group, resource })),
    isHeld: remaining.some(({ type }) => type === 'NamespaceFinalizersRemaining'),
  };
}

interface NamespaceCondition {
  type: string;
  status: string;
  message?: string;
}

/**
 * @param pauseMs until the next look
 * @throws PassWaiting if there is a terminating namespace: nothing can be created in it
 */
export function refuseTerminating([terminating]: readonly LiveObject[], pauseMs = TERMINATION_POLL_MS): void {
  if (terminating === undefined) return;
  const { name } = terminating.metadata;
  const { message } = remainingContent(terminating);
  const problem = {
    reason: 'NamespaceTerminating',
    message: `The namespace ${name} is being deleted${message === '' ? '' : `: ${message}`}.`,
    object: objectName(keyOf(terminating)),
    kind: 'Namespace',
  };
  throw new PassWaiting(problem, pauseMs);
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
