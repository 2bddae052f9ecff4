/** Parameters by name; their values are JSON. */
export type PolicyParameters = Readonly<Record<string, unknown>>;

/** Deeper values could not be written as CEL, whose parser limits nesting. */
const MOST_DEPTH = 12;

/** Reports whether a value is JSON that is not nested too deeply. */
export function isParameterValue(value: unknown, depth = 0): boolean {
  if (depth > MOST_DEPTH) return false;
  if (value === null || ['string', 'boolean'].includes(typeof value)) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every((item) => isParameterValue(item, depth + 1));
  return typeof value === 'object' && Object.values(value).every((item) => isParameterValue(item, depth + 1));
}

/**
 * Reports whether CEL gets a parameter as a text: texts, numbers, booleans, and lists of texts. Such parameters are in an
 * object of their own, on which the API server acts at once; the others are part of the policy.
 */
export function isFlat(value: unknown): boolean {
  return Array.isArray(value)
    ? value.every((item) => typeof item === 'string')
    : ['string', 'number', 'boolean'].includes(typeof value);
}

/** Converts the flat parameters for CEL: texts, with lists joined by commas. */
export function flatParameters(parameters: PolicyParameters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters)
      .filter(([, value]) => isFlat(value))
      .map(([key, value]) => [key, Array.isArray(value) ? value.join(',') : String(value)]),
  );
}

/** The annotations that carry the flat parameters. */
const carried = 'params.metadata.annotations';

/** The first variable of every CEL rule: the parameters. */
export function parametersVariable(parameters: PolicyParameters): { name: string; expression: string } {
  const entries = Object.entries(parameters);
  if (entries.every(([, value]) => isFlat(value))) return { name: 'parameters', expression: carried };
  const fields = entries.map(([key, value]) => {
    const expression = isFlat(value) ? `${carried}[${textInCel(key)}]` : literalInCel(value);
    return `${textInCel(key)}: dyn(${expression})`;
  });
  return { name: 'parameters', expression: `{${fields.join(', ')}}` };
}

/** `dyn` lets lists and maps have values of several types, which the API server's CEL does not accept otherwise. */
function literalInCel(value: unknown): string {
  if (typeof value === 'string') return textInCel(value);
  if (typeof value === 'number') return numberInCel(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => `dyn(${literalInCel(item)})`).join(', ')}]`;
  const fields = Object.entries(value).map(([key, item]) => `${textInCel(key)}: dyn(${literalInCel(item)})`);
  return `{${fields.join(', ')}}`;
}

/** As the API server reads numbers of objects: whole ones as `int`, others as `double`. */
function numberInCel(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** A JSON text is a CEL text, except that CEL has no escape for the slash, which JSON.stringify does not write. */
function textInCel(text: string): string {
  return JSON.stringify(text);
}
