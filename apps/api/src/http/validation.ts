import { DomainError, type ProblemDetail } from '#problems';
import { StandardSchemaValidationPipe } from '@nestjs/common';

/** What zod adds to an issue of Standard Schema. */
interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
  code?: string;
  keys?: string[];
}

const MOST_ERRORS = 50;

/** Parses every body, query and path parameter with the zod schema that its decorator names. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues) });
}

/** A `request.invalid` problem with one entry for each thing that is wrong. */
function invalidRequest(issues: readonly Issue[]): DomainError {
  const errors = issues.flatMap(detailsOf);
  const detail =
    errors.length === 1 ? (errors[0]?.detail ?? '') : `${errors.length} members of the request are not valid.`;
  return new DomainError('request.invalid', detail, { errors: errors.slice(0, MOST_ERRORS) });
}

function detailsOf(issue: Issue): ProblemDetail[] {
  const path = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const code = issue.code ?? 'invalid';
  if (code !== 'unrecognized_keys' || issue.keys === undefined) {
    return [{ pointer: pointerOf(path), code, detail: issue.message }];
  }
  return issue.keys.map((key) => ({
    pointer: pointerOf([...path, key]),
    code,
    detail: `There is no member "${key}".`,
  }));
}

/** JSON Pointer (RFC 6901, section 3). */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
