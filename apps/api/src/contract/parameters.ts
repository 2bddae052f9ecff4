import { acceptsKey, type EndpointOptions } from '../http/endpoint.decorator.js';
import { MOST_ITEMS } from '../http/paging.js';
import { MAX_WAIT_SECONDS } from '../http/prefer.js';
import { type JsonSchema } from './json-schema.js';

/** A parameter object of OpenAPI 3.1. */
export interface Parameter {
  name: string;
  in: string;
  description?: string;
  required?: boolean;
  schema: JsonSchema;
  example?: unknown;
}

const header = (name: string, description: string, example: string, maxLength = 1_000): Parameter => ({
  name,
  in: 'header',
  description,
  schema: { type: 'string', maxLength, pattern: '^[\\t -~]*$' },
  example,
});

/** Headers that several endpoints accept. */
export const sharedParameters = {
  IdempotencyKey: header(
    'Idempotency-Key',
    'Repeating a request with the same key, query and body within seven days returns the first response and changes nothing.',
    '5b0c2f7e-6f55-4b57-9f0c-5a8e1b6f2d31',
    257,
  ),
  IfMatch: header(
    'If-Match',
    'ETag of the resource as read, or several; 412 if somebody has changed the resource since. What a worker observed ' +
      'since then does not count.',
    '"tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"',
  ),
  IfNoneMatch: header(
    'If-None-Match',
    'ETag of the resource as read, or several; 304 without a body if the response would be the same.',
    '"tenant_01kab4x2fqe3n8v6zj5t0w9rsx.3.k3vQw0Jb9sXr2LfE"',
  ),
  IfPreviewMatch: header(
    'If-Preview-Match',
    'The quoted token of a preview; 412 unless this is exactly the previewed change: the same body on the same ' +
      'generation of the tenant, resulting in the same plan version. It does not cover the cluster, which can have ' +
      'changed since.',
    '"bW9yZSB0aGFuIGEgcHJvbWlzZQ"',
  ),
  LastEventId: header('Last-Event-ID', 'The `id` of the last event that the client received.', '7'),
  Prefer: header(
    'Prefer',
    `\`wait=30\` answers once the operation has ended, after 30 seconds at the latest; at most ${MAX_WAIT_SECONDS} ` +
      'seconds (RFC 7240). The status is 202 however it ended: see `operation.state`. Other preferences and malformed ' +
      'ones are ignored.',
    'wait=30',
  ),
} satisfies Record<string, Parameter>;

/** References to the headers that an endpoint accepts. */
export function headerParameters(method: string, options: EndpointOptions): { $ref: string }[] {
  const { ok } = options;
  const accepted: Record<keyof typeof sharedParameters, boolean> = {
    IdempotencyKey: acceptsKey(method, options),
    IfMatch: options.conditional === true,
    IfNoneMatch: hasETag(method, options),
    IfPreviewMatch: options.previewable === true,
    LastEventId: options.streams === true,
    Prefer: ok.afterWait !== undefined,
  };
  return Object.entries(accepted).flatMap(([name, is]) => (is ? [{ $ref: `#/components/parameters/${name}` }] : []));
}

/** Whether the endpoint is a read that can answer 304. */
export function hasETag(method: string, { ok }: EndpointOptions): boolean {
  return method === 'get' && ok.headers?.includes('ETag') === true;
}

/** Parameters of every list, by the name under which the document keeps them. */
const ofEveryList: Record<string, string> = { limit: 'Limit', cursor: 'Cursor' };

/** Returns the members of a query schema as parameters; those of every list have a name of their own. */
export function queryParameters({ properties = {}, required = [] }: JsonSchema): [name: string | null, Parameter][] {
  return Object.entries(properties).map(([name, { description, examples, ...schema }]) => [
    (schema.maximum ?? MOST_ITEMS) === MOST_ITEMS ? (ofEveryList[name] ?? null) : null,
    {
      name,
      in: 'query',
      ...(required.includes(name) ? { required: true } : {}),
      ...(description === undefined ? {} : { description }),
      schema,
      ...(examples === undefined ? {} : { example: examples[0] }),
    },
  ]);
}
