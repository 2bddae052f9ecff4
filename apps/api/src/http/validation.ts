import { DomainError, type ProblemDetail } from '#problems';
import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';

import { requirementOf } from './requirement.js';

type Issue = z.core.$ZodIssue;

const MOST_ERRORS = 50;

/** Parses every body, query and path parameter with the zod schema in its decorator. */
@Injectable()
export class RequestValidation implements PipeTransform {
  transform(value: unknown, { schema }: ArgumentMetadata): unknown {
    if (!(schema instanceof z.ZodType)) return value;
    // Values are part of issues, so that the branch of a union that was meant can be told; they are never answered.
    const parsed = schema.safeParse(value, { error: requirementOf, reportInput: true });
    if (!parsed.success) throw invalidRequest(parsed.error.issues);
    return parsed.data;
  }
}

/** Builds a `request.invalid` problem with one entry per invalid member. */
function invalidRequest(issues: readonly Issue[]): DomainError {
  const errors = issues.flatMap((issue) => detailsOf(issue, []));
  const detail =
    errors.length === 1 ? (errors[0]?.detail ?? '') : `${errors.length} fields of the request are invalid.`;
  return new DomainError('request.invalid', detail, { errors: errors.slice(0, MOST_ERRORS) });
}

function detailsOf(issue: Issue, within: readonly PropertyKey[]): ProblemDetail[] {
  const path = [...within, ...issue.path];
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue.errors);
    if (issue.input !== undefined && meant !== null) return meant.flatMap((inner) => detailsOf(inner, path));
  }
  if (issue.code === 'invalid_key') {
    const [inner] = issue.issues;
    return [{ pointer: pointerOf(path), code: issue.code, detail: about(path, inner?.message ?? issue.message) }];
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...path, key]),
      code: issue.code,
      detail: `Unknown field "${key}".`,
    }));
  }
  return [{ pointer: pointerOf(path), code: issue.code, detail: about(path, issue.message) }];
}

/**
 * Returns the errors of the branch of a union that the caller meant: the only one whose type is that of the value. Null
 * if that is none or several.
 */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const possible = branches.filter(
    (issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  return possible.length === 1 ? (possible[0] ?? null) : null;
}

/** Names the member in front of what is required of it. */
function about(path: readonly PropertyKey[], requirement: string): string {
  return path.length === 0 ? requirement : `${path.map(String).join('.')}: ${requirement}`;
}

/** JSON Pointer (RFC 6901, section 3). */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
