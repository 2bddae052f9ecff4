import { type JsonSchema } from './json-schema.js';

/** Largest value of a Postgres `integer`, in which counts, versions and generations are stored. */
const LARGEST_INTEGER = 2_147_483_647;

/**
 * Adapts a schema, as zod converts it, to the contract, in place.
 *
 * - Responses are open to new members, so that the API can add some without breaking a client that validates.
 * - Integers of responses without bounds of their own get those of the column instead of those of a double.
 * - `format` says what a time is; the pattern behind it has 400 characters.
 * - A value that can be null is written as two types, which is shorter than two alternatives.
 * - Alternatives of which exactly one can match are `oneOf`.
 */
export function adapted(schema: JsonSchema, direction: 'input' | 'output'): void {
  if (direction === 'output') {
    if (schema.additionalProperties === false) delete schema.additionalProperties;
    delete schema.default;
  }
  if (schema.format === 'date-time') {
    delete schema.pattern;
    if (direction === 'input') schema.maxLength = 64;
  }
  if (schema.type === 'integer') bound(schema, direction);
  if (schema.propertyNames?.pattern === undefined && schema.propertyNames?.maxLength === undefined) {
    delete schema.propertyNames;
  }
  unfoldNull(schema);
  if (schema.anyOf !== undefined && schema.anyOf.every(({ title }) => title !== undefined)) {
    schema.oneOf = schema.anyOf;
    delete schema.anyOf;
  }
}

function unfoldNull(schema: JsonSchema): void {
  const [value, other, ...more] = schema.anyOf ?? [];
  const isSimple = typeof value?.type === 'string' && value.type !== 'object' && !('enum' in value || 'const' in value);
  if (!isSimple || other?.type !== 'null' || more.length > 0) return;
  delete schema.anyOf;
  Object.assign(schema, { ...value, ...schema, type: [value.type, 'null'] });
}

function bound(schema: JsonSchema, direction: 'input' | 'output'): void {
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = schema;
  // What callers send is bounded by its own schema, or is refused by nothing.
  if (direction === 'output' && minimum === Number.MIN_SAFE_INTEGER) {
    schema.minimum = 0;
    if (maximum === Number.MAX_SAFE_INTEGER) schema.maximum = LARGEST_INTEGER;
  }
  const { maximum: most = maximum } = schema;
  if (most > LARGEST_INTEGER) schema.format = 'int64';
  else if (direction === 'input') schema.format = 'int32';
}
