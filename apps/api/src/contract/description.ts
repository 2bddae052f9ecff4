import { type z } from 'zod';

import { problemSchema } from '../http/problem.schema.js';
import { type DeclaredEndpoint } from './endpoints.js';
import { exampleOf } from './example.js';
import { type JsonSchema, nameIn } from './json-schema.js';
import { type Direction, NamedSchemas } from './named-schemas.js';
import { headerParameters, type Parameter, queryParameters, sharedParameters } from './parameters.js';
import { pascal } from './pascal.js';
import { pathParameters } from './path-parameters.js';
import {
  type MediaType,
  okResponses,
  problemResponses,
  type ResponseObject,
  sharedHeaders,
  sharedResponses,
} from './responses.js';

/** Characters of an example that is composed. */
const LONGEST_EXAMPLE = 700;

/** An operation object of OpenAPI 3.1. */
export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  /** Empty for a public route; by default that of the document. */
  security?: [];
  parameters: (Parameter | { $ref: string })[];
  requestBody?: { required: boolean; content: Record<string, MediaType> };
  responses: Record<string, ResponseObject>;
}

/** What operations share, by name. */
export interface Components {
  schemas: Record<string, JsonSchema>;
  responses: Record<string, ResponseObject>;
  parameters: Record<string, Parameter>;
  headers: Record<string, object>;
}

/** Where a route is. */
type Place = Pick<Operation, 'tags'> & { path: string; method: string };

/** Describes operations, and collects what they share. */
export class Description {
  private readonly schemas = new NamedSchemas();
  private readonly parameters: Record<string, Parameter> = { ...sharedParameters };
  private readonly names = new Map<z.ZodType, string>();

  constructor() {
    this.schemas.add(problemSchema, 'output');
  }

  /** Describes an operation. Its references are final only after `complete`. */
  of({ options, body, query }: DeclaredEndpoint, { path, method, tags }: Place): Operation {
    const parameters = [
      ...Object.entries(pathParameters(path)).map(([name, parameter]) => this.share(name, parameter)),
      ...(query === null ? [] : queryParameters(this.schemas.add(query, 'input'))).map(([name, parameter]) =>
        name === null ? parameter : this.share(name, parameter),
      ),
      ...headerParameters(method, options),
    ];
    const shape = { method, hasBody: body !== null, hasQuery: query !== null };
    const ok = this.named(options.ok.schema, `${pascal(options.id)}Response`, 'output');
    return {
      operationId: options.id,
      tags,
      summary: options.summary,
      description: options.description,
      ...(options.permission === 'none' ? { security: [] } : {}),
      parameters,
      ...(body === null ? {} : { requestBody: this.requestBody(method, options.id, body) }),
      responses: { ...okResponses(options, method, ok), ...problemResponses(options, shape) },
    };
  }

  /** Replaces the references of all operations by final ones, and returns what they share. */
  complete(operations: readonly Operation[]): Components {
    const schemas = this.schemas.all();
    const whole = new Set<string>();
    const finish = (media: MediaType, direction: Direction): void => {
      media.schema = this.schemas.resolve(media.schema, direction);
      const name = nameIn(media.schema);
      if (name === null) media.example = exampleOf(media.schema, schemas);
      else whole.add(name);
    };
    for (const { requestBody, responses } of operations) {
      for (const media of Object.values(requestBody?.content ?? {})) finish(media, 'input');
      for (const { content = {} } of Object.values(responses)) {
        for (const media of Object.values(content)) finish(media, 'output');
      }
    }
    const responses = { ...sharedResponses, ...shareRepeated(operations) };
    // An example stands in the schema, so that every operation with this body has it. Those of pages and of accepted
    // changes follow from those of what they contain, and a long one shows less than the schema.
    for (const name of whole) {
      const schema = schemas[name] ?? {};
      if (schema.allOf !== undefined || name.endsWith('Page')) continue;
      if (schema.examples !== undefined) continue;
      const example = exampleOf(schema, schemas, name);
      if (JSON.stringify(example).length <= LONGEST_EXAMPLE) schema.examples = [example];
    }
    return {
      schemas,
      responses,
      headers: sharedHeaders,
      parameters: sorted(this.parameters),
    };
  }

  private requestBody(method: string, id: string, body: z.ZodType): NonNullable<Operation['requestBody']> {
    const schema = this.named(body, `${pascal(id)}Request`, 'input');
    // A merge patch is accepted under its own media type (RFC 7396) and as plain JSON.
    const types = method === 'patch' ? ['application/merge-patch+json', 'application/json'] : ['application/json'];
    const content = Object.fromEntries(types.map((type) => [type, { schema }]));
    return { required: !body.safeParse(undefined).success, content };
  }

  /** Adds a schema under its own name, or under one after the first operation that has it. */
  private named(schema: z.ZodType, fallback: string, direction: Direction): JsonSchema {
    const { $ref, ...converted } = this.schemas.add(schema, direction);
    if ($ref !== undefined) return { $ref };
    if (converted.type !== 'object') return converted;
    const name = this.names.get(schema) ?? fallback;
    this.names.set(schema, name);
    return this.schemas.name(name, converted, direction);
  }

  private share(name: string, parameter: Parameter): { $ref: string } {
    this.parameters[name] = parameter;
    return { $ref: `#/components/parameters/${name}` };
  }
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Keeps a response that several operations have once, named after its schema.
 * @returns the shared ones, to which the operations refer afterwards
 */
function shareRepeated(operations: readonly Operation[]): Record<string, ResponseObject> {
  const all = operations.flatMap(({ responses }) =>
    Object.entries(responses).flatMap(([status, response]) => {
      const [media] = Object.values(response.content ?? {});
      const name = media === undefined ? null : nameIn(media.schema);
      return name === null ? [] : [{ responses, status, response, name }];
    }),
  );
  const repeated = [...Map.groupBy(all, ({ response }) => JSON.stringify(response)).values()].filter(
    (same) => same.length > 1,
  );
  const shared: Record<string, ResponseObject> = {};
  for (const same of repeated) {
    const [{ name, response }] = same as [(typeof all)[number]];
    if (name in shared) continue;
    shared[name] = response;
    for (const { responses, status } of same) responses[status] = { $ref: `#/components/responses/${name}` };
  }
  return sorted(shared);
}
