import { type z } from 'zod';

/** A policy does not conform to its API, so no verdict about its cluster is possible. */
export class UnreadableObjectError extends Error {
  override readonly name = 'UnreadableObjectError';

  /** @param object such as `NetworkPolicy tn-acme/allow-web` */
  constructor(
    readonly object: string,
    problem: string,
  ) {
    super(`${object} cannot be judged: ${problem}`);
  }
}

/** Returns the first issue, with its path. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'it is not valid.' : `/${issue.path.join('/')}: ${issue.message}`;
}
