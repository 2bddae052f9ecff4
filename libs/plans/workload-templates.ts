/** The variables that a manifest can refer to as `${…}`. */
export const workloadVariables = [
  'tenant.slug',
  'tenant.id',
  'tenant.displayName',
  'environment.name',
  'environment.namespace',
  'plan.id',
] as const;

/** An error at a path of a manifest. */
export interface TemplateIssue {
  path: (string | number)[];
  message: string;
}

const MAX_DEPTH = 64;
const REFERENCE = /(\$?)\$\{([^}]*)(\}?)/g;

/**
 * Returns an issue for every `${…}` in the strings of a JSON value that is not a known variable, unless another `$` comes
 * before it: `$${HOME}` stands for the text `${HOME}`. Field names cannot contain any: a variable there could form a field
 * that no check has seen.
 */
export function templateIssues(value: unknown, path: (string | number)[] = []): TemplateIssue[] {
  if (path.length > MAX_DEPTH) return [{ path, message: `Nested deeper than ${MAX_DEPTH} levels.` }];
  if (typeof value === 'string') return textIssues(value, path);
  if (Array.isArray(value)) return value.flatMap((item, index) => templateIssues(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => [
    ...(key.includes('${')
      ? [{ path: [...path, key], message: 'Variables are substituted only in values, not in field names.' }]
      : []),
    ...templateIssues(field, [...path, key]),
  ]);
}

function textIssues(text: string, path: (string | number)[]): TemplateIssue[] {
  return [...text.matchAll(REFERENCE)].flatMap(([reference, escape, name = '', end]) => {
    if (end === '') return [{ path, message: 'Unclosed "${".' }];
    if (escape === '$' || workloadVariables.some((variable) => variable === name)) return [];
    const known = workloadVariables.join(', ');
    const message = `Unknown variable ${reference}. Use one of ${known}, or write "$${reference}" for the text itself.`;
    return [{ path, message }];
  });
}
