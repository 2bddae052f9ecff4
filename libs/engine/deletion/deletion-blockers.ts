import { keyOf, type LiveObject, objectName } from '#kube';

import { waitForEnd } from '../observe/namespace-end.js';
import { PassWaiting } from '../pass/outcome.js';
import { type FoundObject } from '../pass/pass-result.js';
import { type FinalSweep } from './final-sweep.js';

/** A namespace that ends within this time is not worth a search for what holds it up. */
const USUAL_MS = 10_000;
const NAMED = 10;

/**
 * Waits for namespaces to end. One that takes longer than usual is searched for objects that are deleted and held by
 * a finalizer; they are named, and never touched: a finalizer is somebody's unfinished work.
 * @throws PassWaiting while one of these namespaces is there
 */
export async function waitForNamespaces(sweep: FinalSweep, ending: readonly LiveObject[]): Promise<void> {
  const [late] = ending.filter(({ metadata }) => ageMs(metadata.deletionTimestamp) >= USUAL_MS);
  if (late === undefined) {
    waitForEnd(ending);
    return;
  }
  const holding = [...ownFinalizers(late), ...(await sweep.heldIn(late.metadata.name))];
  const [first] = holding;
  if (first === undefined) {
    waitForEnd([late]);
    return;
  }
  const names = holding.slice(0, NAMED).map(describeHeld).join('; ');
  const more = holding.length > NAMED ? `; and ${holding.length - NAMED} more` : '';
  const trouble = {
    reason: 'DeletionBlocked',
    message: `The namespace ${late.metadata.name} cannot end. Held by finalizers: ${names}${more}.`,
    object: first.object,
    kind: 'Namespace',
  };
  throw new PassWaiting(trouble, pauseMs(late));
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

/** The longer it takes, the rarer the look: each is a list of everything in the namespace. */
function pauseMs({ metadata }: LiveObject): number {
  return Math.min(Math.max(ageMs(metadata.deletionTimestamp) / 4, 2_000), 60_000);
}

function ageMs(timestamp: string | undefined): number {
  return timestamp === undefined ? 0 : Date.now() - Date.parse(timestamp);
}
