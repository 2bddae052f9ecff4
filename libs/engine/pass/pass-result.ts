import { type DriftedObject, type Findings } from './findings.js';
import { type Outcome } from './outcome.js';
import { type StepLog } from './steps.js';

/** The result of a pass, as settling writes it. */
export interface PassResult extends Omit<Findings, 'restricted' | 'caveats'> {
  readonly outcome: Outcome;
  readonly steps: StepLog;
  /** True if nothing of the tenant is left in the cluster, and nothing should be. */
  readonly deleted: boolean;
}

/**
 * Makes the result of a pass from the findings of its phases.
 * @param early how the pass ended if a phase ended it; null: all phases ran, so the pass settled. Findings about a
 *   converged tenant count only then.
 */
export function resultOf(findings: Findings, steps: StepLog, early: Outcome | null): PassResult {
  const { applied, written, removed, drift, links, evidence, restricted, caveats } = findings;
  const outcome = early ?? { kind: 'settled', caveats, ...(restricted === null ? {} : { restricted }) };
  const deleted = early === null && evidence !== null;
  return { outcome, steps, applied, written, removed, drift, links, evidence, deleted };
}

/**
 * The drift that is still in the cluster after a pass: all that was found, unless the pass got to its end and healed
 * it.
 */
export function openDrift({ outcome, drift }: Pick<PassResult, 'outcome' | 'drift'>): DriftedObject[] {
  if (drift === null) return [];
  return outcome.kind === 'settled' ? drift.objects.filter(({ left }) => left) : drift.objects;
}
