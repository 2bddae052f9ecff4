import { type PolicyJudge, type PolicyResult, type PolicyReview } from './policy-judge.js';
import { whyUnmatched } from './policy-match.js';
import { type PolicySpec } from './policy-spec.js';

/** What a policy makes of a write. */
export interface TestedWrite extends PolicyResult {
  allowed: boolean;
  matched: boolean;
  /** Why the policy is not about the write; null if it is. */
  unmatchedReason: string | null;
}

/**
 * Evaluates writes that a policy matches, and allows the others; results are in the order of the writes.
 * @throws like `PolicyJudge.try`
 */
export async function testWrites(
  judge: PolicyJudge,
  spec: PolicySpec,
  reviews: readonly PolicyReview[],
): Promise<TestedWrite[]> {
  const reasons = reviews.map((review) => whyUnmatched(spec, review));
  const results = await judge.try(
    spec,
    reviews.filter((_, index) => reasons[index] === null),
  );
  const remaining = results.values();
  return reasons.map((unmatchedReason) => {
    if (unmatchedReason !== null) {
      return { allowed: true, matched: false, unmatchedReason, violations: [], error: null };
    }
    const { violations, error } = remaining.next().value ?? { violations: [], error: 'The judge gave no result.' };
    return { allowed: error === null && violations.length === 0, matched: true, unmatchedReason, violations, error };
  });
}
