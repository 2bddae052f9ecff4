import { type FastifyReply, type FastifyRequest } from 'fastify';

/** A response body with headers. */
export class Answer<T> {
  constructor(
    readonly body: T,
    readonly headers: Record<string, string> = {},
  ) {}
}

/** Returns the strong ETag (RFC 9110, section 8.8.3) of a revision of a resource. */
export function etagOf(id: string, revision: number): string {
  return `"${id}.${revision}"`;
}

/** Unwraps an `Answer`: sets its headers and returns its body, with status 304 if `If-None-Match` matches. */
export function unwrapAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (!(payload instanceof Answer)) return payload;
  const { body, headers } = payload as Answer<unknown>;
  void reply.headers(headers);
  const { etag } = headers;
  if (request.method === 'GET' && etag !== undefined && request.headers['if-none-match'] === etag) {
    void reply.status(304);
  }
  return body;
}
