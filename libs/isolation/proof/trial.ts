/** The area that a check belongs to. */
export type CheckArea = 'access' | 'pods' | 'objects' | 'network' | 'services' | 'storage' | 'quota' | 'policies';

/** Describes a check, independent of how it is made. */
export interface CheckTitle {
  /** Stable: people and programs refer to it. */
  id: string;
  /** The id in the Multi-Tenancy Benchmarks (kubernetes-sigs/multi-tenancy); null for Bulkhead's own checks. */
  benchmark: string | null;
  title: string;
  area: CheckArea;
  condition: 'NetworkIsolated' | 'PoliciesEnforced';
}

/** A write to try as a dry run, with the fields of a request. */
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

/** One write and its expected result. */
export interface Question {
  write: TriedWrite;
  /** `missing`: the write reached an object that does not exist, so neither rights nor admission blocked it. */
  expected: 'admitted' | 'refused' | 'missing';
  /**
   * True for a write that proves the check can tell the difference. A check without any successful control has shown
   * nothing.
   */
  control: boolean;
  /**
   * A pattern that the refusal must match. Absent: any refusal, because a control differs from the write only in the
   * fault.
   */
  says?: RegExp;
  /** Returns what an admitted object lacks; null if it is as expected. */
  shows?: (object: Record<string, unknown>) => string | null;
  /** How the write differs from a plain one. */
  detail: Record<string, unknown> | null;
}

/** A check that tries writes. */
export interface TrialCheck extends CheckTitle {
  /** Empty when it does not apply. */
  questions: Question[];
  /** Why it does not apply to this tenant; null when it does. */
  notApplicable: string | null;
}

/** Makes a check by trials; it has no questions if it does not apply. */
export function trialCheck(
  title: Pick<CheckTitle, 'id' | 'title' | 'area'> & Partial<CheckTitle>,
  questions: readonly Question[],
  notApplicable: string | null = null,
): TrialCheck {
  return {
    benchmark: null,
    condition: 'PoliciesEnforced',
    ...title,
    questions: notApplicable === null ? [...questions] : [],
    notApplicable,
  };
}

/** The same write without the fault, which must be admitted. */
export function control(write: TriedWrite, shows?: Question['shows']): Question {
  return { write, expected: 'admitted', control: true, detail: null, ...(shows !== undefined && { shows }) };
}

/** A write that must be refused. */
export function refused(write: TriedWrite, detail: Record<string, unknown> | null, says?: RegExp): Question {
  return { write, expected: 'refused', control: false, detail, ...(says !== undefined && { says }) };
}

/** A write that is admitted, but changed by admission. */
export function changed(
  write: TriedWrite,
  detail: Record<string, unknown> | null,
  shows: NonNullable<Question['shows']>,
): Question {
  return { write, expected: 'admitted', control: false, shows, detail };
}
