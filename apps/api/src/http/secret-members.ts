import { z } from 'zod';

/** The parts of a schema's definition that contain other schemas. */
interface Definition {
  type: string;
  shape?: Record<string, z.core.$ZodType>;
  element?: z.core.$ZodType;
  innerType?: z.core.$ZodType;
  valueType?: z.core.$ZodType;
  options?: readonly z.core.$ZodType[];
  left?: z.core.$ZodType;
  right?: z.core.$ZodType;
  in?: z.core.$ZodType;
  getter?: () => z.core.$ZodType;
}

/** Metadata of a member whose value nobody but its receiver may see: `z.string().meta(secret)`. */
export const secret = { 'x-secret': true } as const;

/**
 * Returns a value with null in place of its secrets: what may be stored, logged or audited.
 * @param value as it is described by the schema; members that the schema does not know stay
 */
export function withoutSecrets(schema: z.core.$ZodType, value: unknown): unknown {
  if (z.globalRegistry.get(schema)?.['x-secret'] === true) return null;
  const definition = schema._zod.def as unknown as Definition;
  const { shape, element, valueType } = definition;
  if (shape !== undefined && isRecord(value)) {
    return mapMembers(value, (name, member) => {
      const known = Object.hasOwn(shape, name) ? shape[name] : undefined;
      return known === undefined ? member : withoutSecrets(known, member);
    });
  }
  if (element !== undefined && Array.isArray(value)) return value.map((item) => withoutSecrets(element, item));
  if (valueType !== undefined && isRecord(value)) {
    return mapMembers(value, (_, member) => withoutSecrets(valueType, member));
  }
  return within(definition).reduce<unknown>((rest, inner) => withoutSecrets(inner, rest), value);
}

/** Schemas that describe the same value: of a union each, because the value could be of any. */
function within({ innerType, options, left, right, in: input, getter }: Definition): z.core.$ZodType[] {
  return [innerType, ...(options ?? []), left, right, input, getter?.()].filter((schema) => schema !== undefined);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapMembers(
  value: Record<string, unknown>,
  map: (name: string, member: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, map(name, member)]));
}
