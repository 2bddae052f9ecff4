import { keyOf, type LiveObject, objectName } from '#kube';

import { refuseTerminating } from '../observe/namespace-end.js';
import { PassWaiting } from '../pass/outcome.js';
import { type FoundObject } from '../pass/findings.js';
import { type FinalSweep } from './final-sweep.js';

/** Usual time for a namespace to terminate; only then is it searched for what holds it. */
const USUAL_MS = 10_000;
const NAMED = 10;

/**
 * Waits for namespaces to terminate. One that takes longer than usual is searched for deleted objects that a finalizer
 * holds; they are named, and never touched: a finalizer marks unfinished work of its controller.
 * @throws PassWaiting while one of these namespaces exists
 */
export async function waitForNamespaces(sweep: FinalSweep, terminating: readonly LiveObject[]): Promise<void> {
  const [late] = terminating.filter(({ metadata }) => ageMs(metadata.deletionTimestamp) >= USUAL_MS);
  if (late === undefined) {
    refuseTerminating(terminating);
    return;
  }
  const holding = [...ownFinalizers(late), ...(await sweep.heldIn(late.metadata.name))];
  const [first] = holding;
  if (first === undefined) {
    refuseTerminating([late]);
    return;
  }
  const names = holding.slice(0, NAMED).map(describeHeld).join('; ');
  const more = holding.length > NAMED ? `; and ${holding.length - NAMED} more` : '';
  const problem = {
    reason: 'DeletionBlocked',
    message: `The namespace ${late.metadata.name} cannot terminate. Held by finalizers: ${names}${more}.`,
    object: first.object,
    kind: 'Namespace',
  };
  throw new PassWaiting(problem, pauseMs(late));
}

/** `v1/ConfigMap/ns/name (finalizer a, deleted 2026-…)` */
export function describeHeld({ object, finalizers, deletionTimestamp }: FoundObject): string {
  const held = finalizers.length === 0 ? '' : `finalizer ${finalizers.join(', ')}`;
  const since = deletionTimestamp === null ? '' : `deleted ${deletionTimestamp}`;
  const facts = [held, since].filter((fact) => fact !== '').join(', ');
  return facts === '' ? object : `${object} (${facts})`;
}

function ownFinalizers(namespace: LiveObject): FoundObject[] {
  const {
    uid,
    deletionTimestamp = null,
    finalizers = [],
  } = namespace.metadata as LiveObject['metadata'] & {
    finalizers?: string[];
  };
  return finalizers.length === 0 ? [] : [{ object: objectName(keyOf(namespace)), uid, finalizers, deletionTimestamp }];
}

/** Grows with the age: each look lists everything in the namespace. */
function pauseMs({ metadata }: LiveObject): number {
  return Math.min(Math.max(ageMs(metadata.deletionTimestamp) / 4, 2_000), 60_000);
}

function ageMs(timestamp: string | undefined): number {
  return timestamp === undefined ? 0 : Date.now() - Date.parse(timestamp);
}
