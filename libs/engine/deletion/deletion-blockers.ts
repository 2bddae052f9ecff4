import { keyOf, type LiveObject, objectName } from '#kube';

import { refuseTerminating, remainingContent } from '../observe/namespace-end.js';
import { type FoundObject } from '../pass/findings.js';
import { PassWaiting } from '../pass/outcome.js';
import { type Pass } from '../pass/pass.js';
import { type StepLog } from '../pass/steps.js';
import { heldObjects } from './held-objects.js';

/** Usual time for a namespace to terminate; only then is it said what holds it. */
const USUAL_MS = 10_000;
/**
 * The namespace controller leaves a deleted namespace alone for five seconds (`namespaceDeletionGracePeriod` in
 * kubernetes: pkg/controller/namespace/namespace_controller.go), and needs some time then. The watch tells when it is
 * done (`DriftCheck`), so that a look is only needed to name what holds it, and where nothing can be watched.
 */
const GRACE_MS = 7_500;
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const NAMED = 10;

/**
 * Waits for namespaces to terminate. The namespace controller reports in their conditions what it cannot remove. Of one
 * that takes longer than usual, deleted objects that a finalizer holds are named, and never touched: a finalizer marks
 * unfinished work of its controller.
 * @throws PassWaiting while one of these namespaces exists
 */
export async function waitForNamespaces(
  { removal, steps }: Pick<Pass, 'removal' | 'steps'>,
  terminating: readonly LiveObject[],
): Promise<void> {
  if (terminating.length === 0) return;
  const waitedMs = Math.max(...terminating.map((namespace) => ageMs(namespace, steps)));
  const pauseMs = pauseAfter(waitedMs);
  // One that the controller has not come to yet names nothing, and others may.
  const [first, ...others] = terminating.toSorted((a, b) => Number(namesHolder(b)) - Number(namesHolder(a)));
  if (first !== undefined && namesHolder(first) && ageMs(first, steps) >= USUAL_MS) {
    const { resources, isHeld } = remainingContent(first);
    const { name } = first.metadata;
    const holding = [...ownFinalizers(first), ...(isHeld ? await heldObjects(removal, name, resources) : [])];
    if (holding.length > 0) throw new PassWaiting(blocked(name, holding), pauseMs);
  }
  refuseTerminating(first === undefined ? others : [first, ...others], pauseMs);
}

/** Pause before the next look at something for which a deletion has waited so long. */
export function pauseAfter(waitedMs: number): number {
  if (waitedMs < GRACE_MS) return Math.max(GRACE_MS - Math.max(waitedMs, 0), SHORTEST_PAUSE_MS);
  return Math.min(Math.max(waitedMs / 2, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
}

function blocked(name: string, holding: readonly FoundObject[]): PassWaiting['problem'] {
  const names = holding.slice(0, NAMED).map(describeHeld).join('; ');
  const more = holding.length > NAMED ? `; and ${holding.length - NAMED} more` : '';
  return {
    reason: 'DeletionBlocked',
    message: `The namespace ${name} cannot terminate. Held by finalizers: ${names}${more}.`,
    object: holding[0]?.object ?? null,
    kind: 'Namespace',
  };
}

/** `v1/ConfigMap/ns/name (finalizer a, deleted 2026-…)` */
export function describeHeld({ object, finalizers, deletionTimestamp }: FoundObject): string {
  const held = finalizers.length === 0 ? '' : `finalizer ${finalizers.join(', ')}`;
  const since = deletionTimestamp === null ? '' : `deleted ${deletionTimestamp}`;
  const facts = [held, since].filter((fact) => fact !== '').join(', ');
  return facts === '' ? object : `${object} (${facts})`;
}

function namesHolder(namespace: LiveObject): boolean {
  return ownFinalizers(namespace).length > 0 || remainingContent(namespace).isHeld;
}

/** The namespace itself if finalizers other than that of the namespace controller hold it. */
function ownFinalizers(namespace: LiveObject): FoundObject[] {
  const { metadata, spec = {} } = namespace as {
    metadata: LiveObject['metadata'] & { finalizers?: string[] };
    spec?: { finalizers?: string[] };
  };
  const { uid, deletionTimestamp = null } = metadata;
  const others = (spec.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes');
  const finalizers = [...(metadata.finalizers ?? []), ...others];
  return finalizers.length === 0 ? [] : [{ object: objectName(keyOf(namespace)), uid, finalizers, deletionTimestamp }];
}

/** Since it was deleted: by this machine's clock if Bulkhead did so, because the API server's can differ. */
function ageMs(namespace: LiveObject, steps: StepLog): number {
  const object = objectName(keyOf(namespace));
  const step = steps.all().find((each) => each.name === 'prune' && each.object === object);
  const deletedAt = step?.startedAt ?? namespace.metadata.deletionTimestamp;
  return deletedAt === undefined ? 0 : Date.now() - Date.parse(deletedAt);
}
