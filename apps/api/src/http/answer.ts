import { type FastifyReply, type FastifyRequest } from 'fastify';

/** A body with headers, for handlers that answer with more than a body. */
export class Answer<T> {
  constructor(
    readonly body: T,
    readonly headers: Record<string, string> = {},
  ) {}
}

/** A strong ETag (RFC 9110, section 8.8.3) of one revision of a resource. */
export function etagOf(id: string, revision: number): string {
  return `"${id}.${revision}"`;
}

/** Sends an `Answer`: its headers, then its body; none of it when `If-None-Match` names what the client has. */
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
