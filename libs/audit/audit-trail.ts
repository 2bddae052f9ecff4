import { type AuditHead, auditHead } from '#certificates';
import { idOf, newId, type Page, pageOf, type PageRequest, Statements, type Transaction, uuidOf } from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type SealedEvent } from './chain.js';
import { type AuditedChange, entryOf } from './entry.js';

/** An entry as it is stored; without a place in the chain for about a second. */
export type AuditEvent = Omit<SealedEvent, 'sequence' | 'hash'> &
  (Pick<SealedEvent, 'sequence' | 'hash'> | { sequence: null; hash: null });

export interface AuditFilter {
  tenantId?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  /** Inclusive. */
  since?: Date | undefined;
  /** Exclusive. */
  until?: Date | undefined;
}

interface AuditRow {
  id: string;
  at: Date | number;
  actor: string;
  action: string;
  tenant_ids: string[];
  entry: string;
  sequence: string | null;
  hash: string | null;
}

/** The time is the database's and part of the text, in the form of `Date.prototype.toISOString`. */
const RECORD = `
  INSERT INTO audit_events (id, at, actor, action, tenant_ids, entry)
  SELECT $1, at, $2, $3, $4::uuid[],
    '{"at":"' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '",' || substr($5::text, 2)
  FROM date_trunc('milliseconds', now()) AS at`;

/** Everything that was changed, by whom: written with the change, in its transaction, and never changed itself. */
@Injectable()
export class AuditTrail {
  constructor(
    private readonly dataSource: DataSource,
    private readonly statements: Statements,
  ) {}

  /** Adds a change to the log, in its own transaction: both are kept, or neither. */
  async record(transaction: Transaction, change: AuditedChange): Promise<void> {
    const id = newId('audit');
    const entry = entryOf(id, change);
    const tenants = entry.tenantIds.map((tenant) => uuidOf('tenant', tenant));
    const values = [uuidOf('audit', id), entry.actor.id, entry.action, tenants, JSON.stringify(entry)];
    await this.statements.run('record-audit-event', RECORD, values, transaction);
  }

  /** Entries, newest first. */
  async list(filter: AuditFilter, { limit, after }: PageRequest): Promise<Page<AuditEvent>> {
    const { tenantId, actor, action, since, until } = filter;
    const conditions: [unknown, (place: string) => string][] = [
      [after === null ? undefined : uuidOf('audit', after), (place) => `id < ${place}::uuid`],
      [tenantId === undefined ? undefined : [uuidOf('tenant', tenantId)], (place) => `tenant_ids @> ${place}::uuid[]`],
      [actor, (place) => `actor = ${place}`],
      [action, (place) => `action = ${place}`],
      [since, (place) => `at >= ${place}`],
      [until, (place) => `at < ${place}`],
    ];
    const given = conditions.filter(([value]) => value !== undefined);
    const where = given.map(([, sql], index) => sql(`$${index + 2}`)).join(' AND ') || 'true';
    const values = [limit + 1, ...given.map(([value]) => value)];
    const text = `SELECT * FROM audit_events WHERE ${where} ORDER BY id DESC LIMIT $1`;
    const rows = await this.dataSource.query<AuditRow[]>(text, values);
    return pageOf(rows.map(eventOf), limit, ({ id }) => id);
  }

  /** Sealed entries in the order of the chain; at most `limit`, after a place in it. */
  async sealedAfter(sequence: number, limit: number): Promise<SealedEvent[]> {
    const text = 'SELECT * FROM audit_events WHERE sequence > $1 ORDER BY sequence LIMIT $2';
    const rows = await this.dataSource.query<AuditRow[]>(text, [sequence, limit]);
    return rows.map((row) => eventOf(row) as SealedEvent);
  }

  /** How many entries claim a place in the chain up to this one. */
  async countUpTo(sequence: number): Promise<number> {
    const text = 'SELECT count(*)::int AS count FROM audit_events WHERE sequence <= $1';
    const [row] = await this.dataSource.query<{ count: number }[]>(text, [sequence]);
    return row?.count ?? 0;
  }

  /** Entries that have no place in the chain yet, and for how long the oldest has not, in seconds. */
  async unsealed(): Promise<{ count: number; oldestSeconds: number }> {
    const [row] = await this.dataSource.query<{ count: number; oldestSeconds: number }[]>(
      `SELECT count(*)::int AS count, coalesce(extract(epoch FROM now() - min(at)), 0)::float AS "oldestSeconds"
       FROM audit_events WHERE sequence IS NULL`,
    );
    return row ?? { count: 0, oldestSeconds: 0 };
  }

  /**
   * The end of the chain as it was signed last.
   * @throws `audit.head_unavailable`
   */
  async head(): Promise<AuditHead> {
    const [row] = await this.dataSource.query<unknown[]>('SELECT statement, key_id AS "keyId", jws FROM audit_head');
    if (row !== undefined) return auditHead.parse(row);
    throw new DomainError(
      'audit.head_unavailable',
      'No entry was sealed yet, or no worker has had a BULKHEAD_SIGNING_KEY.',
    );
  }
}

function eventOf({ id, tenant_ids: tenants, sequence, hash, at, actor, action, entry }: AuditRow): AuditEvent {
  const tenantIds = tenants.map((tenant) => idOf('tenant', tenant));
  const event = { id: idOf('audit', id), at, actor, action, tenantIds, entry };
  return sequence === null || hash === null
    ? { ...event, sequence: null, hash: null }
    : { ...event, sequence: Number(sequence), hash };
}
