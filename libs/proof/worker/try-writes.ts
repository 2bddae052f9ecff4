import { type Evidence, type IsolationCheckResult } from '#certificates';
import { type Question, type TrialCheck } from '#isolation';
import { PROVER, type TrialAnswer } from '#kube';
import pMap from 'p-map';

import { resultOf } from './findings.js';
import { type Inquiry } from './inquiry.js';

const IN_FLIGHT = 16;

/** Quotas are asked last of all: what only a quota refuses, everything else has let through. */
const onlyQuota = /exceeded quota|status unknown for quota/;
/** Somebody's guardrail, and not a wall: policies of the API, and webhooks of others. */
const guardrail = /'bulkhead-policy-\d\d'|admission webhook|\[bulkheadpolicy\d\d\]/;

/** Tries the writes of checks, each as a dry run. */
export async function tryWrites(inquiry: Inquiry, checks: readonly TrialCheck[]): Promise<IsolationCheckResult[]> {
  // All at once and not check by check, so that the last question of one does not hold up the next.
  const questions = checks.flatMap((check) => check.questions);
  await pMap(questions, ({ write }) => inquiry.try(write), { concurrency: IN_FLIGHT });
  return Promise.all(checks.map((check) => conclude(inquiry, check)));
}

async function conclude(inquiry: Inquiry, check: TrialCheck): Promise<IsolationCheckResult> {
  const { notApplicable } = check;
  if (notApplicable !== null) return resultOf(check, { evidence: [], notApplicable });
  const answered = await Promise.all(
    check.questions.map(async (question) => {
      const answer = await inquiry.try(question.write);
      return { question, answer, evidence: evidenceOf(question, answer) };
    }),
  );
  const evidence = answered.map((each) => each.evidence);
  // What must be let through and is held up by something of the platform's own shows neither good nor bad.
  const heldUp = answered.find(({ question, answer, evidence: { asExpected } }) => {
    if (asExpected || question.expected !== 'admitted' || answer.outcome !== 'refused') return false;
    return guardrail.test(answer.message) || onlyQuota.test(answer.message);
  });
  if (heldUp === undefined) return resultOf(check, { evidence });
  const others = evidence.filter((each, index) => each.asExpected || answered[index]?.question.expected !== 'admitted');
  return resultOf(check, {
    evidence: others,
    notApplicable: `The control is held up: ${messageOf(heldUp.answer)}`,
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

/** What an admitted object lacks that it must show; null when nothing. */
function lacking({ shows }: Question, answer: TrialAnswer): string | null {
  return answer.outcome === 'admitted' && shows !== undefined ? shows(answer.object) : null;
}

function messageOf(answer: TrialAnswer): string {
  return answer.outcome === 'admitted' ? 'admitted' : answer.message;
}
