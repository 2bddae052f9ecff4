/** Where a check belongs. */
export type CheckArea = 'access' | 'pods' | 'objects' | 'network' | 'services' | 'storage' | 'quota' | 'policies';

/** What a check is, whatever it asks. */
export interface CheckTitle {
  /** Stable: people and machines refer to it. */
  id: string;
  /** The id in the Multi-Tenancy Benchmarks (kubernetes-sigs/multi-tenancy); null for checks of Bulkhead's own. */
  benchmark: string | null;
  title: string;
  area: CheckArea;
  condition: 'NetworkIsolated' | 'PoliciesEnforced';
}

/** A write to try as a dry run; its members are those of a request. */
export interface TriedWrite {
  verb: 'create' | 'patch' | 'delete' | 'deletecollection';
  apiVersion: string;
  /** Plural name. */
  resource: string;
  kind: string;
  namespace?: string;
  name?: string;
  body?: object;
}

/** One write, and what should come of it. */
export interface Question {
  write: TriedWrite;
  /** `missing`: it reached an object that does not exist, so neither rights nor admission stood in its way. */
  expected: 'admitted' | 'refused' | 'missing';
  /** Shows that the check can tell the difference. A check none of whose controls is as expected has shown nothing. */
  control: boolean;
  /** Words that the refusal must have. Absent: any refusal, because a control differs from the write in this alone. */
  says?: RegExp;
  /** What an admitted object must show; the text says what it lacks, null that it lacks nothing. */
  shows?: (object: Record<string, unknown>) => string | null;
  /** By what the write differs from a plain one. */
  detail: Record<string, unknown> | null;
}

/** A check that is made by trying writes. */
export interface TrialCheck extends CheckTitle {
  /** Empty when it does not apply. */
  questions: Question[];
  /** Why it does not apply to this tenant; null when it does. */
  notApplicable: string | null;
}

/** A check by trials; without questions it does not apply. */
export function trialCheck(
  title: Pick<CheckTitle, 'id' | 'title' | 'area'> & Partial<CheckTitle>,
  questions: readonly Question[],
  notApplicable: string | null = null,
): TrialCheck {
  return {
    ...{ benchmark: null, condition: 'PoliciesEnforced', ...title },
    questions: notApplicable === null ? [...questions] : [],
    notApplicable,
  };
}

/** The same write without the fault, which must be let through. */
export function control(write: TriedWrite, shows?: Question['shows']): Question {
  return { write, expected: 'admitted', control: true, detail: null, ...(shows !== undefined && { shows }) };
}

/** A write that must not be let through. */
export function refused(write: TriedWrite, detail: Record<string, unknown> | null, says?: RegExp): Question {
  return { write, expected: 'refused', control: false, detail, ...(says !== undefined && { says }) };
}

/** A write that is let through, and changed on the way. */
export function changed(
  write: TriedWrite,
  detail: Record<string, unknown> | null,
  shows: NonNullable<Question['shows']>,
): Question {
  return { write, expected: 'admitted', control: false, shows, detail };
}
