import document from '../../api/openapi.json' with { type: 'json' };
import { commandOf } from './command-names.js';

/** A JSON schema, as far as flags depend on it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: string[];
  pattern?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema: Schema;
}

/** An operation of the API, and the command that sends it. */
export interface ApiOperation {
  id: string;
  group: string;
  command: string;
  method: string;
  path: string;
  summary: string;
  description: string;
  parameters: Parameter[];
  /** The members of the request's body; null for an operation without one. */
  body: { members: Record<string, Schema>; required: Set<string>; type: string } | null;
  /** Media types of the answers that are a success. */
  answers: string[];
  /** The name of the schema of the answers; null without one. */
  answerSchema: string | null;
  /** Whether the answer names an operation of a worker to wait for. */
  isCarriedOut: boolean;
}

interface Media {
  schema?: Schema;
}

interface Described {
  operationId: string;
  tags: [string];
  summary: string;
  description?: string;
  parameters?: (Parameter | { $ref: string })[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { $ref?: string; content?: Record<string, Media> }>;
}

/** Operations that only programs call: probes of a load balancer. */
const withoutCommand = new Set(['health']);

/** Returns the operations of the API that have a command, in the order of the document. */
export function apiOperations(): ApiOperation[] {
  const paths = document.paths as unknown as Record<string, Record<string, Described>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => !withoutCommand.has(tags[0]))
      .map(([method, described]) => operationOf(method.toUpperCase(), path, described)),
  );
}

/** Returns the schema that a reference leads to; other schemas as they are. */
export function resolve(schema: Schema): Schema {
  const { $ref, ...own } = schema;
  return $ref === undefined ? own : { ...resolve(target<Schema>($ref)), ...own };
}

function operationOf(method: string, path: string, described: Described): ApiOperation {
  const [group, command] = commandOf(described.operationId, described.tags[0]);
  const answers = Object.entries(described.responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, { $ref, content }]) =>
      Object.entries(
        ($ref === undefined ? { content } : target<{ content?: Record<string, Media> }>($ref)).content ?? {},
      ),
    );
  const parameters = (described.parameters ?? []).map((each) => ('$ref' in each ? target<Parameter>(each.$ref) : each));
  return {
    id: described.operationId,
    group,
    command,
    method,
    path,
    summary: described.summary,
    description: described.description ?? '',
    parameters: parameters.filter(({ name }) => name !== 'Prefer'),
    body: bodyOf(described),
    answers: [...new Set(answers.map(([type]) => type))],
    answerSchema: answers[0]?.[1].schema?.$ref?.split('/').at(-1) ?? null,
    isCarriedOut: parameters.some(({ name }) => name === 'Prefer'),
  };
}

function bodyOf({ requestBody }: Described): ApiOperation['body'] {
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  if (type === undefined || media?.schema === undefined) return null;
  const { properties = {}, required = [] } = resolve(media.schema);
  return { members: properties, required: new Set(required), type };
}

// The caller knows what a reference leads to from where it stands.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- one cast here instead of one a caller
function target<T>(reference: string): T {
  const steps = reference.slice('#/'.length).split('/');
  return steps.reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], document) as T;
}
