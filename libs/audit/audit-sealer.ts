import { Loop } from '#background';
import { type AuditHeadStatement, type SigningKey } from '#certificates';
import { jsonOf } from '#persistence';
import { Logger } from '@nestjs/common';
import { type DataSource, type EntityManager } from 'typeorm';

import { GENESIS, hashOf } from './chain.js';

const PERIOD_MS = 1_000;
const BATCH = 500;
/** How often the head of the chain is logged. An attacker with access to the database cannot change the process log. */
const TOLD_EVERY_MS = 3_600_000;

/**
 * Seals new audit entries into the chain about a second after they are written and signs the new head. Sealing within
 * the change would serialize all changes. Every worker runs a sealer, but only one seals at a time.
 */
export class AuditSealer {
  private readonly logger = new Logger(AuditSealer.name);
  readonly loop = new Loop({
    name: 'audit-sealer',
    periodMs: PERIOD_MS,
    run: (stopping) => this.sealAll(stopping),
    failed: 'failed to seal the audit log; will retry',
  });
  private toldAt = -Infinity;

  /** @param signingKey returns the worker's published key; null if it has none */
  constructor(
    private readonly dataSource: DataSource,
    private readonly signingKey: () => Promise<SigningKey | null>,
  ) {}

  private async sealAll(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted && (await this.seal()) === BATCH);
  }

  /** Seals the oldest unsealed entries. @returns how many */
  private async seal(): Promise<number> {
    const [unsealed] = await this.dataSource.query<unknown[]>(
      'SELECT FROM audit_events WHERE sequence IS NULL LIMIT 1',
    );
    if (unsealed === undefined) return 0;
    const key = await this.signingKey();
    const head = await this.dataSource.transaction(async (manager) => {
      const [lock] = await manager.query<{ taken: boolean }[]>(
        `SELECT pg_try_advisory_xact_lock(hashtext('bulkhead.audit.seal')) AS taken`,
      );
      return lock?.taken === true ? sealOldest(manager, key) : null;
    });
    if (head === null) return 0;
    if (performance.now() - this.toldAt > TOLD_EVERY_MS) {
      this.toldAt = performance.now();
      this.logger.log({ sequence: head.sequence, hash: head.hash }, 'sealed the audit log');
    }
    return head.count;
  }
}

interface Head {
  sequence: number;
  hash: string;
  count: number;
}

async function sealOldest(manager: EntityManager, key: SigningKey | null): Promise<Head | null> {
  const rows = await manager.query<{ id: string; entry: string }[]>(
    'SELECT id, entry FROM audit_events WHERE sequence IS NULL ORDER BY id LIMIT $1',
    [BATCH],
  );
  if (rows.length === 0) return null;
  const [last] = await manager.query<{ sequence: string; hash: string }[]>(
    'SELECT sequence, hash FROM audit_events WHERE sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1',
  );
  let [sequence, hash] = [Number(last?.sequence ?? 0), last?.hash ?? GENESIS];
  const sealed = rows.map(({ id, entry }) => {
    sequence += 1;
    hash = hashOf(hash, entry);
    return { id, sequence, hash };
  });
  await manager.query(
    `UPDATE audit_events e SET sequence = s.sequence, hash = s.hash
     FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS s(id, sequence, hash) WHERE e.id = s.id`,
    [sealed.map(({ id }) => id), sealed.map((each) => each.sequence), sealed.map((each) => each.hash)],
  );
  if (key !== null) await signHead(manager, key, { sequence, hash });
  return { sequence, hash, count: rows.length };
}

async function signHead(
  manager: EntityManager,
  key: SigningKey,
  { sequence, hash }: Pick<Head, 'sequence' | 'hash'>,
): Promise<void> {
  const [clock] = await manager.query<{ now: Date }[]>('SELECT now()');
  if (clock === undefined) throw new Error('the database has no clock');
  const signedAt = clock.now.toISOString();
  const statement: AuditHeadStatement = { type: 'bulkhead.io/audit-head', version: 1, sequence, hash, signedAt };
  await manager.query(
    `INSERT INTO audit_head (statement, key_id, jws) VALUES ($1::jsonb, $2, $3)
     ON CONFLICT ON CONSTRAINT audit_head_pkey
     DO UPDATE SET statement = excluded.statement, key_id = excluded.key_id, jws = excluded.jws`,
    [jsonOf(statement), key.id, await key.sign(statement)],
  );
}
