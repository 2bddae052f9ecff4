import { EXAMPLE_IDS } from '../http/resource-id.js';
import { exampleTexts, idsOf } from './example-texts.js';
import { type JsonSchema, nameIn } from './json-schema.js';

const TIME = '2026-11-24T09:30:00Z';

/** Where a value stands: the names of the schema and of the member that contain it. */
interface Position {
  schema: string;
  member: string;
  /** How many lists contain it. */
  depth: number;
}

/**
 * Returns an example that a schema accepts: its own one if it has any, otherwise one that is composed of those of its
 * parts, with the members that are required.
 * @param components the named schemas
 * @param name of the schema, if it has one
 */
export function exampleOf(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>, name = ''): unknown {
  return compose(schema, components, { schema: name, member: '', depth: 0 });
}

function compose(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>, at: Position): unknown {
  const { examples, enum: values, oneOf, anyOf, allOf } = schema;
  if (examples !== undefined) return examples[0];
  const name = nameIn(schema);
  if (name !== null) return compose(components[name] ?? {}, components, { ...at, schema: name });
  if ('default' in schema) return schema.default;
  if ('const' in schema) return schema.const;
  if (values !== undefined) return values[0];
  const alternatives = schema.type === undefined ? (oneOf ?? anyOf ?? []) : [];
  const isObject = alternatives.some(({ type, $ref }) => type === 'object' || $ref !== undefined);
  if (isObject && alternatives.some(({ type }) => type === 'null')) return null;
  const [alternative] = alternatives;
  if (alternative !== undefined) return compose(alternative, components, at);
  if (allOf !== undefined) return Object.assign({}, ...allOf.map((part) => compose(part, components, at))) as object;
  return composeByType(schema, components, at);
}

function composeByType(schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>, at: Position): unknown {
  const { type, items = {}, properties = {}, minimum = 0, maximum = 1 } = schema;
  const required = [...(schema.required ?? []), ...(schema.oneOf?.[0]?.required ?? [])];
  switch ([type].flat()[0] ?? '') {
    case 'string':
      return schema.format === 'date-time' ? TIME : textAt(at);
    case 'integer':
    case 'number':
      return Math.max(minimum, Math.min(1, maximum));
    case 'boolean':
      return true;
    case 'array':
      // A list within a list says nothing that the schema does not say.
      return at.depth > 0 && schema.minItems === undefined ? [] : [compose(items, components, { ...at, depth: 1 })];
    case 'object':
      return Object.fromEntries(
        Object.entries(properties)
          .filter(([member]) => required.includes(member))
          .map(([member, property]) => [member, compose(property, components, { ...at, member })]),
      );
    default:
      return null;
  }
}

function textAt({ schema, member }: Position): string {
  const kind = member === 'id' ? idsOf[schema] : undefined;
  return kind === undefined ? (exampleTexts[member] ?? 'text') : EXAMPLE_IDS[kind];
}
