import { type Problem } from '../pass/outcome.js';
import { openDrift, type PassResult } from '../pass/pass-result.js';

/** Drift as conditions report it: the problem with `DriftFree`, and the kinds of the objects that differ. */
export interface RemainingDrift {
  problem: Problem;
  kinds: ReadonlySet<string>;
}

/** Objects that a message names. */
const MOST_NAMED = 5;

/** The drift that a pass leaves; null if there is none, or the pass ended before it looked. */
export function remainingDrift(result: Pick<PassResult, 'outcome' | 'drift'>): RemainingDrift | null {
  const objects = openDrift(result);
  if (objects.length === 0) return null;
  const names = objects.map(({ object }) => object).sort();
  const rest = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const verb = names.length === 1 ? 'object differs' : 'objects differ';
  const message = `${names.length} ${verb} from the desired state: ${names.slice(0, MOST_NAMED).join(', ')}${rest}.`;
  const problem = { reason: 'DriftFound', message, object: names[0] ?? null, kind: null };
  return { problem, kinds: new Set(objects.map(({ objectKind }) => objectKind)) };
}
