import { createHash } from 'node:crypto';

import { type FastifyReply, type FastifyRequest } from 'fastify';

import { namesTag } from './entity-tags.js';

/** A response body with headers. */
export class Answer<T> {
  constructor(
    readonly body: T,
    readonly headers: Record<string, string> = {},
    /** Instead of the status that the endpoint declares. */
    readonly status: number | null = null,
  ) {}
}

/** Answers a change that a worker carries out with the resource, and with the operation to poll. */
export function acceptedAnswer<T extends object>(
  body: T,
  { id }: { id: string },
  headers: Record<string, string> = {},
): Answer<T & { operationId: string }> {
  return new Answer({ ...body, operationId: id }, { ...headers, location: `/v1/operations/${id}`, 'retry-after': '1' });
}

/** Characters of a digest in an ETag: 96 bits. */
const DIGEST = 16;

/**
 * Returns the strong ETag (RFC 9110, section 8.8.3) of a representation. It consists of what a caller can change, by
 * its revision, and of a digest of everything, so that a cache also notices what a worker observed. `If-Match` asks for
 * the revision alone (`revisionIn`): nobody else changed what the caller is about to change.
 * @param id of the resource, as in its path
 * @param revision raised by every change that somebody requested
 * @param body the representation
 */
export function etagOf(id: string, revision: number, body: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, DIGEST);
  return `"${id}.${revision}.${digest}"`;
}

/** Returns the revision in an ETag of this resource, without its quotes; null if it is none. */
export function revisionIn(opaque: string, id: string): number | null {
  const [, owner, revision] = /^(.+)\.(\d{1,10})\.[\w-]+$/.exec(opaque) ?? [];
  return owner === id && revision !== undefined ? Number(revision) : null;
}

/** Unwraps an `Answer`: sets its headers and returns its body, with status 304 if `If-None-Match` names it. */
export function unwrapAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (!(payload instanceof Answer)) return payload;
  const { body, headers, status } = payload as Answer<unknown>;
  void reply.headers(headers);
  if (status !== null) void reply.status(status);
  const { etag } = headers;
  const { 'if-none-match': known } = request.headers;
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (isRead && etag !== undefined && known !== undefined && namesTag(known, etag)) {
    void reply.status(304);
  }
  return body;
}
