import { type Evidence, type IsolationCheckResult } from '#certificates';
import { PROVER, type Question, type TrialCheck } from '#isolation';
import { type TrialAnswer } from '#kube';
import pMap from 'p-map';

import { resultOf } from './findings.js';
import { type TrialRun } from './trial-run.js';

const IN_FLIGHT = 16;

/** Quotas are checked last: a write that only a quota refuses passed everything else. */
const onlyQuota = /exceeded quota|status unknown for quota/;
/** Refusals that are not of the admission baseline: policies of the API, and webhooks of others. */
const guardrail = /'bulkhead-policy-\d\d'|admission webhook|\[bulkheadpolicy\d\d\]/;

/** Runs the trials of checks, each as a dry run. */
export async function tryWrites(inquiry: TrialRun, checks: readonly TrialCheck[]): Promise<IsolationCheckResult[]> {
  // All together, not check by check, so that the last trial of one check does not hold up the next.
  const questions = checks.flatMap((check) => check.questions);
  await pMap(questions, ({ write }) => inquiry.try(write), { concurrency: IN_FLIGHT });
  return Promise.all(checks.map((check) => conclude(inquiry, check)));
}

async function conclude(inquiry: TrialRun, check: TrialCheck): Promise<IsolationCheckResult> {
  const { notApplicable } = check;
  if (notApplicable !== null) return resultOf(check, { evidence: [], notApplicable });
  const answered = await Promise.all(
    check.questions.map(async (question) => {
      const answer = await inquiry.try(question.write);
      return { question, answer, evidence: evidenceOf(question, answer) };
    }),
  );
  const evidence = answered.map((each) => each.evidence);
  // A control that a policy or quota refuses proves nothing either way.
  const blocked = answered.find(({ question, answer, evidence: { asExpected } }) => {
    if (asExpected || question.expected !== 'admitted' || answer.outcome !== 'refused') return false;
    return guardrail.test(answer.message) || onlyQuota.test(answer.message);
  });
  if (blocked === undefined) return resultOf(check, { evidence });
  const others = evidence.filter((each, index) => each.asExpected || answered[index]?.question.expected !== 'admitted');
  return resultOf(check, {
    evidence: others,
    notApplicable: `The control is blocked: ${messageOf(blocked.answer)}`,
  });
}

function evidenceOf(question: Question, answer: TrialAnswer): Evidence {
  const { write, expected, control, detail } = question;
  const { verb, apiVersion, kind, namespace, name } = write;
  const object = `${apiVersion}/${kind}${name === undefined ? '' : ` ${name}`}`;
  return {
    as: PROVER,
    request: `${verb} ${object}${namespace === undefined ? '' : ` in ${namespace}`} (dry run)`,
    detail,
    answer: lacking(question, answer) ?? messageOf(answer),
    expected: expected === 'refused' ? 'no' : 'yes',
    control,
    asExpected: isAsExpected(question, answer),
  };
}

function isAsExpected(question: Question, answer: TrialAnswer): boolean {
  const { expected, control, says } = question;
  if (answer.outcome === 'refused') {
    if (expected === 'refused') return says === undefined || says.test(answer.message);
    return control && onlyQuota.test(answer.message);
  }
  return answer.outcome === expected && lacking(question, answer) === null;
}

/** What an admitted object lacks; null if nothing. */
function lacking({ shows }: Question, answer: TrialAnswer): string | null {
  return answer.outcome === 'admitted' && shows !== undefined ? shows(answer.object) : null;
}

function messageOf(answer: TrialAnswer): string {
  return answer.outcome === 'admitted' ? 'admitted' : answer.message;
}
