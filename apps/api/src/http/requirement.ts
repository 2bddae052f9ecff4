import { type z } from 'zod';

type Issue = z.core.$ZodRawIssue;

/** What a value of each type is called. */
const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** What counts of each kind of value, one and many. */
const units: Readonly<Record<string, [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['item', 'items'],
  object: ['member', 'members'],
};

/**
 * Says in words what a schema requires of a value that does not match it, for people who do not read regular
 * expressions. A schema with a message of its own keeps it.
 */
export function requirementOf(issue: Issue): string {
  if (issue.input === undefined && issue.code !== 'custom') return 'required';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${types[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return limit('at least', issue.minimum, issue.origin);
    case 'too_big':
      return limit('at most', issue.maximum, issue.origin);
    case 'invalid_value':
      return `must be ${listed(issue.values.map((value) => JSON.stringify(value)))}`;
    case 'invalid_format':
      return issue.format === 'datetime'
        ? 'must be a time such as "2026-11-24T09:30:00Z"'
        : 'does not have the form that the schema in /openapi.json describes';
    case 'invalid_union':
      return `must be ${listed([...new Set(issue.errors.map(expectedOf))])}`;
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return 'does not match the schema in /openapi.json';
  }
}

/** What a branch of a union is for. */
function expectedOf(issues: readonly z.core.$ZodIssue[]): string {
  const wrong = issues.find(({ code, path }) => code === 'invalid_type' && path.length === 0);
  return wrong?.code === 'invalid_type' ? (types[wrong.expected] ?? wrong.expected) : 'another value';
}

function limit(relation: string, bound: number | bigint, origin: string): string {
  const [one, many] = units[origin] ?? [];
  if (one === undefined || many === undefined) return `must be ${relation} ${bound}`;
  if (relation === 'at least' && Number(bound) === 1) return 'must not be empty';
  return `must have ${relation} ${bound} ${Number(bound) === 1 ? one : many}`;
}

function listed(alternatives: readonly string[]): string {
  const last = alternatives.at(-1) ?? '';
  return alternatives.length < 2 ? last : `${alternatives.slice(0, -1).join(', ')} or ${last}`;
}
