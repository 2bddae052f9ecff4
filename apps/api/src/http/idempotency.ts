import { createHash } from 'node:crypto';

import { Loop } from '#background';
import { type Transaction } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import canonicalize from 'canonicalize';
import { type FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';

import { Answer } from './answer.js';

/** Identifies a request that can be repeated. */
export interface IdempotentRequest {
  principal: string;
  route: string;
  key: string;
  hash: string;
}

interface StoredAnswer {
  request_hash: string;
  headers: Record<string, string>;
  body: unknown;
}

const RETENTION = '7 days';
const PURGE_PERIOD_MS = 3_600_000;

/** Rows that one statement deletes. */
const PURGED_TOGETHER = 5_000;

/** Methods that mean another change each time. PUT is the same however often it is sent (RFC 9110, section 9.2.2). */
const REPEATABLE: ReadonlySet<string> = new Set(['POST', 'PATCH', 'DELETE']);

/**
 * Stores the answers of changes that carry `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07) in
 * the transaction of their change: both are committed, or neither. A repeated request that arrives while the first is
 * in progress waits for it.
 */
@Injectable()
export class IdempotencyKeys {
  readonly loop = new Loop({
    name: 'idempotency-purge',
    periodMs: PURGE_PERIOD_MS,
    run: async (stopping) => {
      while (!stopping.aborted && (await this.purge()) === PURGED_TOGETHER);
    },
    failed: 'failed to delete expired idempotency keys',
  });

  constructor(private readonly dataSource: DataSource) {}

  /** @returns how many were deleted: a limited number, so that no statement takes long */
  private async purge(): Promise<number> {
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM idempotency_keys WHERE created_at < now() - interval '${RETENTION}' LIMIT ${PURGED_TOGETHER}))`,
    );
    return count;
  }

  /**
   * Claims the key for this request.
   * @returns the stored answer if the request was answered before; null if it is new.
   * @throws `idempotency.key_reused` if the key belongs to another request.
   */
  async claim({ manager }: Transaction, request: IdempotentRequest): Promise<Answer<unknown> | null> {
    const { principal, route, key, hash } = request;
    const inserted = await manager.query<unknown[]>(
      `INSERT INTO idempotency_keys (principal, route, key, request_hash) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING key`,
      [principal, route, key, hash],
    );
    if (inserted.length > 0) return null;
    const [stored] = await manager.query<StoredAnswer[]>(
      'SELECT request_hash, headers, body FROM idempotency_keys WHERE principal = $1 AND route = $2 AND key = $3',
      [principal, route, key],
    );
    if (stored?.request_hash !== hash) {
      throw new DomainError(
        'idempotency.key_reused',
        'This Idempotency-Key was already used for a different request. Use a new key.',
      );
    }
    return new Answer(stored.body, { ...stored.headers, 'idempotency-replayed': 'true' });
  }

  async store({ manager }: Transaction, request: IdempotentRequest, answer: Answer<unknown>): Promise<void> {
    const { principal, route, key } = request;
    await manager.query(
      'UPDATE idempotency_keys SET headers = $4::jsonb, body = $5::jsonb WHERE principal = $1 AND route = $2 AND key ' +
        '= $3',
      [principal, route, key, JSON.stringify(answer.headers), JSON.stringify(answer.body)],
    );
  }
}

/**
 * Returns the identity of a request; null if it carries no key.
 * @throws `idempotency.key_invalid`
 */
export function idempotentRequest(request: FastifyRequest, principal: string): IdempotentRequest | null {
  const header = request.headers['idempotency-key'];
  const { method, url, body } = request;
  if (!REPEATABLE.has(method) || header === undefined) return null;
  // The draft specifies a quoted string; most clients send it unquoted.
  const key = typeof header === 'string' ? header.replace(/^"(.*)"$/, '$1') : '';
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new DomainError('idempotency.key_invalid', 'Idempotency-Key must have 1 to 255 visible ASCII characters.');
  }
  const [path = '', query = ''] = url.split('?');
  const hash = createHash('sha256').update(canonicalize(body) ?? '');
  // Of some changes the query is the content, such as the retention of a deletion.
  if (query !== '') hash.update(`?${query}`);
  return { principal, route: `${method} ${path.replace(/\/$/, '')}`, key, hash: hash.digest('hex') };
}
