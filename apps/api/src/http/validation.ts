import { DomainError, type ProblemDetail } from '#problems';
import { StandardSchemaValidationPipe } from '@nestjs/common';

/** A Standard Schema issue with zod's extensions. */
interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
  code?: string;
  keys?: string[];
}

const MOST_ERRORS = 50;

/** Parses every body, query and path parameter with the zod schema in its decorator. */
export function validationPipe(): StandardSchemaValidationPipe {
  return new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalidRequest(issues) });
}

/** Builds a `request.invalid` problem with one entry per invalid field. */
function invalidRequest(issues: readonly Issue[]): DomainError {
  const errors = issues.flatMap(detailsOf);
  const detail =
    errors.length === 1 ? (errors[0]?.detail ?? '') : `${errors.length} fields of the request are invalid.`;
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
    detail: `Unknown field "${key}".`,
  }));
}

/** JSON Pointer (RFC 6901, section 3). */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
