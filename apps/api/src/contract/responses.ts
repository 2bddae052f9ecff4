import { type ProblemCode } from '#problems';

import { acceptsKey, type EndpointOptions } from '../http/endpoint.decorator.js';
import { problemStatus } from '../http/problem-status.js';
import { type ResponseHeader, responseHeaders } from '../http/response-headers.js';
import { type JsonSchema, refTo } from './json-schema.js';
import { hasETag } from './parameters.js';

/** A response object of OpenAPI 3.1, or a reference to a shared one. */
export interface ResponseObject {
  $ref?: string;
  description?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, MediaType>;
}

/** A body in one media type. A schema without a name has its example here. */
export interface MediaType {
  schema: JsonSchema;
  example?: unknown;
}

/** What the request of an endpoint consists of. */
export interface RequestShape {
  method: string;
  hasBody: boolean;
  hasQuery: boolean;
}

const SECONDS = { type: 'integer', format: 'int32', minimum: 0, maximum: 3_600 };

/** Headers of responses, by the name under which the document keeps them. */
export const sharedHeaders: Record<string, object> = Object.fromEntries(
  Object.entries(responseHeaders).map(([name, description]) => [
    name,
    { description, schema: name === 'Retry-After' ? SECONDS : { type: 'string', maxLength: 2_000 } },
  ]),
);

/** What the statuses of problems mean. The document keeps one response for each, under the status. */
const statuses = {
  400: 'The request is malformed or does not match its schema.',
  401: 'No valid API key or token was sent.',
  403: 'The caller lacks the permission, or may not do this itself.',
  404: 'Something in the path does not exist.',
  409: 'The state of the resource does not allow this.',
  412: 'The resource is not as the request requires it.',
  413: 'The request body is too large.',
  415: 'The request body is not JSON in UTF-8.',
  422: 'The request matches its schema and cannot be carried out.',
  429: 'Too many requests of the caller, or failed logins of its address. Try again after `Retry-After`.',
  500: 'An error of Bulkhead. Nothing was changed.',
  503: 'A part of the service does not respond. Try again later.',
} as const;
type ProblemStatus = keyof typeof statuses;

/** The responses of problems, which operations refer to. */
export const sharedResponses: Record<string, ResponseObject> = Object.fromEntries(
  Object.entries(statuses).map(([status, description]): [string, ResponseObject] => [
    status,
    {
      description,
      ...(['401'].includes(status) ? { headers: headersOf(['WWW-Authenticate']) } : {}),
      ...(status === '503' ? { headers: headersOf(['Retry-After']) } : {}),
      ...(status === '429' ? { headers: headersOf(['Retry-After', 'RateLimit', 'RateLimit-Policy']) } : {}),
      content: { 'application/problem+json': { schema: refTo('Problem') } },
    },
  ]),
);

/**
 * Returns every problem response of an endpoint by its status, with the codes that are its own: a reference may have a
 * description of its own (OpenAPI 3.1, Reference Object).
 */
export function problemResponses(options: EndpointOptions, request: RequestShape): Record<string, ResponseObject> {
  const byStatus = Map.groupBy(codesOf(options, request), (code) => problemStatus[code] as ProblemStatus);
  const own = new Set<ProblemCode>(options.fails?.filter((code) => code !== 'idempotency.key_reused'));
  const responses = [...byStatus].map(([status, codes]): [string, ResponseObject] => {
    const listed = status > 400 ? codes.filter((code) => own.has(code)) : [];
    return [
      String(status),
      {
        $ref: `#/components/responses/${status}`,
        ...(listed.length === 0 ? {} : { description: listed.map((code) => `\`${code}\``).join(', ') }),
      },
    ];
  });
  return Object.fromEntries([...responses, ['429', { $ref: '#/components/responses/429' }]]);
}

/** Codes of the endpoint itself, and those that follow from what it accepts. */
function codesOf(options: EndpointOptions, request: RequestShape): ProblemCode[] {
  const { permission, fails = [] } = options;
  const hasKey = acceptsKey(request.method, options);
  const codes: ProblemCode[] = [
    'request.malformed',
    ...(request.hasBody || request.hasQuery ? (['request.invalid'] as const) : []),
    ...(hasKey ? (['idempotency.key_invalid'] as const) : []),
    ...(permission === 'none'
      ? []
      : ([
          'auth.unauthenticated',
          'auth.token_invalid',
          'auth.token_expired',
          'auth.issuer_unavailable',
          'auth.forbidden',
        ] as const)),
    ...(options.conditional === true ? (['precondition.failed'] as const) : []),
    ...(request.hasBody ? (['request.too_large', 'request.unsupported_media_type'] as const) : []),
    ...(hasKey ? (['idempotency.key_reused'] as const) : []),
    ...fails,
    'internal.error',
    'service.unavailable',
  ];
  return [...new Set(codes)];
}

/** Returns the responses of an endpoint that are no problems, by status. */
export function okResponses(
  options: EndpointOptions,
  method: string,
  body: JsonSchema,
): Record<string, ResponseObject> {
  const { status, description, headers = [], mediaTypes = ['application/json'], noContent, unchanged } = options.ok;
  const ok: ResponseObject = {
    description,
    ...(headers.length === 0 ? {} : { headers: headersOf(headers) }),
    content: Object.fromEntries(mediaTypes.map((type) => [type, { schema: schemaAs(type, body) }])),
  };
  return {
    [status]: ok,
    ...(unchanged === undefined ? {} : { 200: { ...ok, description: unchanged } }),
    ...(noContent === undefined ? {} : { 204: { description: noContent } }),
    ...(hasETag(method, options) ? { 304: { description: 'Not changed since the ETag in `If-None-Match`.' } } : {}),
  };
}

function headersOf(names: readonly ResponseHeader[]): Record<string, { $ref: string }> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** The schema describes JSON; what is derived from it has a form of its own. */
function schemaAs(mediaType: string, schema: JsonSchema): JsonSchema {
  if (mediaType === 'application/json') return schema;
  return mediaType.endsWith('+json') ? { type: 'object' } : { type: 'string' };
}
