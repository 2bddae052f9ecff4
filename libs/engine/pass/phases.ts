import { type Finding, type Findings, fold, noFindings } from './findings.js';
import { type Pass, type PassContext } from './pass.js';

/**
 * One phase of a pass.
 * @template Scope what phases of the same list hand on to each other, in addition to the findings
 */
export interface Phase<Scope> {
  /** An imperative; logged with the error of a pass that ends here. */
  readonly name: string;
  /**
   * Reasons (docs/runbooks/conditions.md) for which the phase itself ends a pass. An error of the cluster or the
   * database, a lost lease, a cancelled operation or a stopping process can end a pass in any phase.
   */
  readonly mayEnd?: readonly string[];
  /**
   * Does its work and returns what it found. What must be kept although the phase fails later is reported on the way,
   * and not returned again.
   */
  readonly run: (pass: Pass, known: Findings & Scope) => (Finding & Partial<Scope>) | Promise<Finding & Partial<Scope>>;
}

/** The error that ended a pass, and the phase that threw it. */
export interface PhaseFailure {
  readonly phase: string;
  readonly error: unknown;
}

/** The end of a pass's phases. */
export interface PhasesEnd {
  /** Findings of the phases that completed, and what the failed one had reported. */
  readonly findings: Findings;
  /** Null: all phases completed. */
  readonly failure: PhaseFailure | null;
}

/**
 * Runs phases one after another until one throws. Never throws itself.
 * @param scope what is known before the first phase
 */
export async function runPhases<Scope extends object>(
  phases: readonly Phase<Scope>[],
  context: PassContext,
  scope: Scope,
): Promise<PhasesEnd> {
  let known: Findings & Scope = { ...noFindings, ...scope };
  const report = (finding: Finding): void => {
    known = fold(known, finding);
  };
  const pass: Pass = { ...context, report };
  for (const { name, run } of phases) {
    try {
      const finding = await run(pass, known);
      // Not in one expression: `known` has changed if the phase reported something on the way.
      known = fold(known, finding);
    } catch (error) {
      return { findings: known, failure: { phase: name, error } };
    }
  }
  return { findings: known, failure: null };
}
