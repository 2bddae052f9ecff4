import { z } from 'zod';

export type Labels = Readonly<Record<string, string>>;

const values = z.array(z.string()).min(1);
const requirement = z.union([
  z.strictObject({ key: z.string(), operator: z.enum(['In', 'NotIn']), values }),
  z.strictObject({
    key: z.string(),
    operator: z.enum(['Exists', 'DoesNotExist']),
    values: z.array(z.string()).max(0).optional(),
  }),
]);

/** `LabelSelector` of `meta/v1`. */
export const labelSelectorSchema = z.strictObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z.array(requirement).optional(),
});
export type LabelSelector = z.output<typeof labelSelectorSchema>;

/**
 * Reports whether a selector matches these labels: every label and every expression must hold, and an empty selector
 * matches everything. `NotIn` holds when the key is absent, as `DoesNotExist` does (kubernetes.io, Labels and
 * Selectors, set-based requirements).
 */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  for (const key in matchLabels) if (labels[key] !== matchLabels[key]) return false;
  return matchExpressions.every((expression) => {
    const value = Object.hasOwn(labels, expression.key) ? labels[expression.key] : undefined;
    switch (expression.operator) {
      case 'In':
        return value !== undefined && expression.values.includes(value);
      case 'NotIn':
        return value === undefined || !expression.values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
    }
  });
}

/** Returns a label that the selector requires, as `key=value`; null if there is no single such label. */
export function requiredLabel({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string | null {
  const [label] = Object.entries(matchLabels);
  if (label !== undefined) return label.join('=');
  for (const expression of matchExpressions) {
    if (expression.operator === 'In' && expression.values.length === 1) {
      return `${expression.key}=${expression.values[0] ?? ''}`;
    }
  }
  return null;
}

/** Returns the same key for selectors that differ only in the order of their parts. */
export function selectorKey({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.entries(matchLabels).map((label) => JSON.stringify(label));
  const expressions = matchExpressions.map(({ key, operator, values: listed = [] }) =>
    JSON.stringify([key, operator, [...listed].sort()]),
  );
  return [...labels.sort(), ...expressions.sort()].join();
}
