/** What a test needs and this machine does not have. */
export interface Missing {
  reason: string;
  /** What a developer would install or set, so that the test runs. */
  remedy: string;
}

declare module 'vitest' {
  interface TaskMeta {
    /** Why a test is skipped. `npm test` lists skipped tests by it. */
    missing?: Missing;
  }
}

/**
 * Returns the options of a test or suite that is skipped if something is missing.
 * @param missing null if nothing is
 */
export function unless(missing: Missing | null): { skip: boolean; meta: { missing?: Missing } } {
  return missing === null ? { skip: false, meta: {} } : { skip: true, meta: { missing } };
}
