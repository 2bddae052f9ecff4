/** A JSON Schema (draft 2020-12), as far as the contract uses it. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  title?: string;
  description?: string;
  default?: unknown;
  examples?: unknown[];
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  propertyNames?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
  required?: string[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
}

const COMPONENTS = '#/components/schemas/';

/** Returns a reference to a named schema. */
export function refTo(name: string): JsonSchema {
  return { $ref: `${COMPONENTS}${name}` };
}

/** Returns the name to which a schema refers; null if it is no reference. */
export function nameIn({ $ref }: JsonSchema): string | null {
  return $ref?.startsWith(COMPONENTS) === true ? $ref.slice(COMPONENTS.length) : null;
}
