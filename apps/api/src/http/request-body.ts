import { DomainError, type ProblemDetail } from '#problems';
import { type FastifyInstance } from 'fastify';

import { pointerOf } from './validation.js';

const MOST_ERRORS = 50;

/** Levels of objects and lists in a body; an object of Kubernetes in a request has about 20. */
const DEEPEST = 64;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Accepts JSON and merge patches (RFC 7396) in UTF-8, and nothing else. Many clients send
 * `Content-Type: application/json` with every request: without content it means no body. What JSON allows and no reader
 * would read in one way is refused: bytes that are no UTF-8, the same key twice (RFC 8259, section 4), and texts that
 * Postgres cannot store.
 */
export function parseBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser<Buffer>(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'buffer' },
    (request, bytes, done) => {
      try {
        const text = decoded(bytes, request.headers['content-type'] ?? '');
        if (text === '') {
          done(null, undefined);
          return;
        }
        void parseJson(request, text, (error, body) => {
          if (error !== null) done(error);
          else done(refusalOf(text, body), body);
        });
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

/** @throws `request.unsupported_media_type` for another charset, `request.malformed` for bytes that are no UTF-8 */
function decoded(bytes: Buffer, contentType: string): string {
  const [, charset] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType) ?? [];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new DomainError('request.unsupported_media_type', `Send the body in UTF-8, not in ${charset} (RFC 8259).`);
  }
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new DomainError('request.malformed', 'The request body is not valid UTF-8.', { cause: error });
  }
}

function refusalOf(text: string, body: unknown): DomainError | null {
  const { depth, repeated } = structureOf(text);
  if (depth > DEEPEST) {
    return new DomainError('request.invalid', `The request body is nested more than ${DEEPEST} levels deep.`);
  }
  const errors = [...repeated, ...unstorableTexts(body, [])];
  const [first] = errors;
  if (first === undefined) return null;
  return new DomainError('request.invalid', first.detail, { errors: errors.slice(0, MOST_ERRORS) });
}

/** A key with the colon behind it, another text, or a sign of JSON's structure. */
const TOKEN = /("(?:[^"\\]+|\\.)*")(\s*:)?|[[\]{},]/g;

/** An object or list that is open at a place in the text: the keys of the object so far, and where in it the place is. */
interface Open {
  keys: Set<string> | null;
  at: string | number;
}

/**
 * Reads what parsing loses: how deep valid JSON is nested, and the keys that one of its objects has twice. Parsers take
 * the first of them or the last, so two programs could see two requests. Without recursion, for which a text of brackets
 * would have no end.
 */
function structureOf(text: string): { depth: number; repeated: ProblemDetail[] } {
  const repeated: ProblemDetail[] = [];
  const open: Open[] = [];
  let depth = 0;
  for (const [token, written, colon] of text.matchAll(TOKEN)) {
    const inner = open.at(-1);
    if (token === '{' || token === '[') {
      depth = Math.max(depth, open.push(token === '{' ? { keys: new Set(), at: '' } : { keys: null, at: 0 }));
    } else if (token === '}' || token === ']') open.pop();
    else if (token === ',' && typeof inner?.at === 'number') inner.at += 1;
    else if (written !== undefined && colon !== undefined && inner !== undefined && inner.keys !== null) {
      const key = JSON.parse(written) as string;
      inner.at = key;
      if (inner.keys.has(key)) {
        const detail = `The key "${key}" is given twice.`;
        repeated.push({ pointer: pointerOf(open.map(({ at }) => at)), code: 'duplicate_key', detail });
      }
      inner.keys.add(key);
    }
  }
  return { depth, repeated };
}

/** Finds texts that are no Unicode (an unpaired surrogate, `"\ud800"`) or have a NUL character: Postgres stores neither. */
function unstorableTexts(value: unknown, path: readonly PropertyKey[]): ProblemDetail[] {
  if (typeof value === 'string') return faultOf(value, path);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...faultOf(key, path),
    ...unstorableTexts(item, [...path, key]),
  ]);
}

function faultOf(text: string, path: readonly PropertyKey[]): ProblemDetail[] {
  if (text.isWellFormed() && !text.includes('\u0000')) return [];
  const detail = 'A text contains a NUL character or an unpaired surrogate.';
  return [{ pointer: pointerOf(path), code: 'unstorable_text', detail }];
}
