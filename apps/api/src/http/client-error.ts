import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';

import { DomainError } from '#problems';

import { problemOf } from './problem.schema.js';

/** An error of Node's HTTP parser, with the bytes that it read last. */
type ClientError = Error & { code?: string; rawPacket?: unknown };

/**
 * Answers what Node refuses before there is a request (RFC 9457), and closes the connection: bytes that are no HTTP,
 * headers that are too long, requests that do not arrive in time. A client that has gone away gets nothing.
 * @param publicUrl address of the API that clients use; empty if it is not known
 */
export function answerClientError(publicUrl: string, error: ClientError, socket: Socket): void {
  const isGone = error.code === 'ECONNRESET' || socket.destroyed || !socket.writable;
  // Behind the beginning of a response, another one would be read as its body.
  if (isGone || hasBegun(socket)) {
    socket.destroy();
    return;
  }
  const problem = problemOf(refusalOf(error), { path: '', id: randomUUID(), publicUrl });
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${problem.requestId}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function refusalOf({ code, rawPacket }: ClientError): DomainError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new DomainError('request.timeout', 'The request was not sent in time.');
  }
  if (code !== 'HPE_HEADER_OVERFLOW') {
    return new DomainError('request.malformed', 'What was sent is not HTTP/1.1 (RFC 9112).');
  }
  // A packet without the end of its first line is part of a URL that had no end.
  return Buffer.isBuffer(rawPacket) && !rawPacket.includes('\r\n')
    ? new DomainError('request.uri_too_long', 'The URL is longer than the API reads.')
    : new DomainError('request.headers_too_large', 'The headers are longer than the API reads.');
}

/** Node keeps the response in progress at its socket, and writes none of its own behind it either. */
function hasBegun(socket: Socket & { _httpMessage?: { headersSent: boolean } | null }): boolean {
  return socket._httpMessage?.headersSent === true;
}
