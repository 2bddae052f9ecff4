/** What a manifest may refer to as `${…}`. */
export const workloadVariables = [
  'tenant.slug',
  'tenant.id',
  'tenant.displayName',
  'environment.name',
  'environment.namespace',
  'plan.id',
] as const;

/** Something wrong at a place of a manifest. */
export interface TemplateIssue {
  path: (string | number)[];
  message: string;
}

const MAX_DEPTH = 64;
const REFERENCE = /\$\{([^}]*)(\}?)/g;

/**
 * Every `${…}` in the texts of a JSON value that is not a known variable, with its place. Names of members may not
 * contain any: a variable there could form a member that no check has seen.
 */
export function templateIssues(value: unknown, path: (string | number)[] = []): TemplateIssue[] {
  if (path.length > MAX_DEPTH) return [{ path, message: `Nested deeper than ${MAX_DEPTH} levels.` }];
  if (typeof value === 'string') return textIssues(value, path);
  if (Array.isArray(value)) return value.flatMap((item, index) => templateIssues(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...(key.includes('${') ? [{ path: [...path, key], message: 'Variables are only filled in in values.' }] : []),
    ...templateIssues(member, [...path, key]),
  ]);
}

function textIssues(text: string, path: (string | number)[]): TemplateIssue[] {
  return [...text.matchAll(REFERENCE)].flatMap(([reference, name = '', end]) => {
    if (end === '') return [{ path, message: 'A "${" without its "}".' }];
    if (workloadVariables.some((variable) => variable === name)) return [];
    return [{ path, message: `${reference} is unknown. Known are ${workloadVariables.join(', ')}.` }];
  });
}
