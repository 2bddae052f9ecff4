import { type z } from 'zod';

/** A policy is not of the form that its API prescribes, so nothing can be said of the cluster it is in. */
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

/** The first thing that is wrong, with the place where it is. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'it is not valid.' : `/${issue.path.join('/')}: ${issue.message}`;
}
