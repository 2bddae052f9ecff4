import { isDeepStrictEqual } from 'node:util';

import { z } from 'zod';

import { adapted } from './adapted-schema.js';
import { type JsonSchema, refTo } from './json-schema.js';

/** Whether a schema describes what callers send or what they get: defaults are optional in the one only. */
export type Direction = 'input' | 'output';

const DEFS = '#/$defs/';

/**
 * The schemas of the contract in both directions. Those with an `id` in their zod metadata are kept once, under that
 * name. One that reads differently in the two directions has the suffix `Input` where callers send it.
 */
export class NamedSchemas {
  private readonly defs: Record<Direction, Map<string, JsonSchema>> = { input: new Map(), output: new Map() };

  /**
   * Adds a schema.
   * @returns the schema, with references of the form `#/$defs/Name`, which `resolve` replaces when all are added
   * @throws if another schema has the name of one in it
   */
  add(schema: z.ZodType, direction: Direction): JsonSchema {
    const { $defs = {}, ...rest } = z.toJSONSchema(schema, {
      io: direction,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => {
        adapted(jsonSchema as JsonSchema, direction);
      },
    }) as JsonSchema & { $schema?: string; $defs?: Record<string, JsonSchema> };
    for (const [name, def] of Object.entries($defs)) this.name(name, def, direction);
    delete rest.$schema;
    return { ...rest };
  }

  /** Adds a converted schema under a name. */
  name(name: string, schema: JsonSchema, direction: Direction): JsonSchema {
    const { [direction]: defs } = this.defs;
    const known = defs.get(name);
    if (known !== undefined && !isDeepStrictEqual(known, schema)) throw new Error(`Two schemas are named ${name}.`);
    defs.set(name, schema);
    return { $ref: `${DEFS}${name}` };
  }

  /** Replaces references by those of the document. */
  resolve(schema: JsonSchema, direction: Direction): JsonSchema {
    const twofold = direction === 'input' ? this.twofold() : new Set<string>();
    return withRefs(schema, (name) => refTo(twofold.has(name) ? `${name}Input` : name).$ref ?? '') as JsonSchema;
  }

  /** All named schemas, by name. */
  all(): Record<string, JsonSchema> {
    const twofold = this.twofold();
    const found = (['output', 'input'] as const).flatMap((direction) =>
      [...this.defs[direction]].map(([name, schema]): [string, JsonSchema] => {
        const resolved = this.resolve(schema, direction);
        if (!twofold.has(name)) return [name, resolved];
        return direction === 'input' ? [`${name}Input`, resolved] : [name, asStored(resolved, `${name}Input`)];
      }),
    );
    return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Names of schemas that read differently in the two directions, or refer to such a one. */
  private twofold(): Set<string> {
    const { input, output } = this.defs;
    const both = [...input.keys()].filter((name) => output.has(name));
    const twofold = new Set(both.filter((name) => !isDeepStrictEqual(input.get(name), output.get(name))));
    for (let size = -1; size !== twofold.size;) {
      size = twofold.size;
      for (const name of both) if (refersTo(input.get(name), twofold)) twofold.add(name);
    }
    return twofold;
  }
}

/**
 * A schema that callers get back as they sent it, with every default filled in. What its members mean is said once, in
 * the schema of what they send: it takes up most of a plan's schema.
 */
function asStored(schema: JsonSchema, input: string): JsonSchema {
  const bare = without(schema, ['description', 'pattern', 'examples']) as JsonSchema;
  return { ...bare, description: `\`${input}\` with every default filled in.` };
}

/** Copies a schema without some of its keywords; members of these names stay. */
function without(value: unknown, keywords: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, keywords));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, item]) => typeof item === 'object' || !keywords.includes(key));
  return Object.fromEntries(entries.map(([key, item]): [string, unknown] => [key, without(item, keywords)]));
}

function refersTo(schema: unknown, names: ReadonlySet<string>): boolean {
  let found = false;
  withRefs(schema, (name) => {
    found ||= names.has(name);
    return name;
  });
  return found;
}

/** Copies a value with every reference to a definition replaced. */
function withRefs(value: unknown, replace: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => withRefs(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [
    key,
    key === '$ref' && typeof item === 'string' && item.startsWith(DEFS)
      ? replace(item.slice(DEFS.length))
      : withRefs(item, replace),
  ]);
  return Object.fromEntries(entries);
}
