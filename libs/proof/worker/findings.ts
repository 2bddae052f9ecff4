import { type Evidence, type IsolationCheckResult } from '#certificates';
import { type CheckTitle } from '#isolation';

/** Answers that a report keeps of one check: all that were not as expected, up to this, and some of the others. */
const MOST_UNEXPECTED = 20;
const EXAMPLES = 6;

/** What came of the questions of one check. */
export interface Findings {
  evidence: Evidence[];
  /** Why nothing can be said of this tenant; null when something can. A finding that is wrong outweighs. */
  notApplicable?: string | null;
}

/**
 * The result of a check. It fails when an answer is not as expected, and passes only when a control shows that it can
 * tell the difference; without one it says nothing.
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
    const reason = 'There was nothing to compare with, so that the answers show nothing.';
    return { ...about, status: 'not-applicable', reason, evidence: kept };
  }
  const reason = `${evidence.length - controls.length} answers are as they must be, and ${controls.length} of controls.`;
  return { ...about, status: 'pass', reason, evidence: kept };
}

function failureOf(wrong: readonly Evidence[]): string {
  const [first] = wrong.toSorted((a, b) => Number(a.control) - Number(b.control));
  if (first === undefined) return '';
  const more = wrong.length === 1 ? '' : ` And ${wrong.length - 1} more.`;
  const answer = `${first.as} asked to ${first.request}, and the answer was: ${first.answer}`;
  const should = first.expected === 'yes' ? 'It should have been let through.' : 'It should have been refused.';
  return `${first.control ? 'The control failed: ' : ''}${answer.replace(/\.?$/, '.')} ${should}${more}`;
}

function examplesOf(evidence: readonly Evidence[]): Evidence[] {
  const right = evidence.filter(({ asExpected }) => asExpected);
  const of = (control: boolean): Evidence[] => right.filter((each) => each.control === control);
  return [...of(true).slice(0, 2), ...of(false).slice(0, EXAMPLES)];
}
