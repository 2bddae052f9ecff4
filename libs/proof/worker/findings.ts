import { type Evidence, type IsolationCheckResult } from '#certificates';
import { type CheckTitle } from '#isolation';

/** Answers that a report contains of one check: the unexpected ones, up to this many, and examples of the others. */
const MOST_UNEXPECTED = 20;
const EXAMPLES = 6;

/** The answers to the questions of one check. */
export interface Findings {
  evidence: Evidence[];
  /** Why the check does not apply to this tenant; null if it does. An unexpected answer takes precedence. */
  notApplicable?: string | null;
}

/**
 * Returns the result of a check. It fails if any answer is unexpected, and passes only if a control shows that the check
 * could have failed; without a control there is no result.
 */
export function resultOf(title: CheckTitle, { evidence, notApplicable = null }: Findings): IsolationCheckResult {
  const { id, benchmark, area, condition } = title;
  const wrong = evidence.filter(({ asExpected }) => !asExpected);
  const controls = evidence.filter(({ control }) => control);
  const about = { id, benchmark, title: title.title, area, condition, asked: evidence.length };
  const kept = [...wrong.slice(0, MOST_UNEXPECTED), ...examplesOf(evidence)];
  if (wrong.length === 0 && notApplicable !== null) {
    return { ...about, status: 'not-applicable', reason: notApplicable, evidence: kept };
  }
  if (wrong.length > 0) return { ...about, status: 'fail', reason: failureOf(wrong), evidence: kept };
  if (controls.length === 0 || controls.length === evidence.length) {
    const reason = 'The check has no control to compare with, so its answers prove nothing.';
    return { ...about, status: 'not-applicable', reason, evidence: kept };
  }
  const reason = `${evidence.length - controls.length} answers and ${controls.length} controls are as expected.`;
  return { ...about, status: 'pass', reason, evidence: kept };
}

function failureOf(wrong: readonly Evidence[]): string {
  const [first] = wrong.toSorted((a, b) => Number(a.control) - Number(b.control));
  if (first === undefined) return '';
  const more = wrong.length === 1 ? '' : ` And ${wrong.length - 1} more.`;
  const answer = `${first.as} requested: ${first.request}. The answer was: ${first.answer}`;
  const should = first.expected === 'yes' ? 'It should have been allowed.' : 'It should have been refused.';
  return `${first.control ? 'The control failed: ' : ''}${answer.replace(/\.?$/, '.')} ${should}${more}`;
}

function examplesOf(evidence: readonly Evidence[]): Evidence[] {
  const right = evidence.filter(({ asExpected }) => asExpected);
  const of = (control: boolean): Evidence[] => right.filter((each) => each.control === control);
  return [...of(true).slice(0, 2), ...of(false).slice(0, EXAMPLES)];
}
