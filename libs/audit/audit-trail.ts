import { type AuditHead, auditHead } from '#certificates';
import {
  idOf,
  jsonOf,
  newId,
  type Page,
  pageOf,
  type PageRequest,
  Statements,
  type Transaction,
  uuidOf,
} from '#persistence';
import { DomainError } from '#problems';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type SealedEvent } from './chain.js';
import { type AuditedChange, entryOf } from './entry.js';

/** A stored entry. It has no position in the chain until it is sealed, about a second later. */
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

const COLUMNS = 'id, at, actor, action, tenant_ids, entry, sequence, hash';

/** The time comes from the database and is part of the text, formatted like `Date.prototype.toISOString`. */
const RECORD = `
  INSERT INTO audit_events (id, at, actor, action, tenant_ids, entry)
  SELECT $1, at, $2, $3, $4::uuid[],
    '{"at":"' || to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '",' || substr($5::text, 2)
  FROM date_trunc('milliseconds', now()) AS at`;

/** The audit log: who changed what. Entries are written in the transaction of the change and are immutable. */
@Injectable()
export class AuditTrail {
  constructor(
    private readonly dataSource: DataSource,
    private readonly statements: Statements,
  ) {}

  /** Appends an entry in the transaction of the change, so that both are committed or neither. */
  async record(transaction: Transaction, change: AuditedChange): Promise<void> {
    const id = newId('audit');
    const entry = entryOf(id, change);
    const tenants = entry.tenantIds.map((tenant) => uuidOf('tenant', tenant));
    const values = [uuidOf('audit', id), entry.actor.id, entry.action, tenants, jsonOf(entry)];
    await this.statements.run('record-audit-event', RECORD, values, transaction);
  }

  /** Lists entries, newest first. */
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
    const text = `SELECT ${COLUMNS} FROM audit_events WHERE ${where} ORDER BY id DESC LIMIT $1`;
    const rows = await this.dataSource.query<AuditRow[]>(text, values);
    return pageOf(rows.map(eventOf), limit, ({ id }) => id);
  }

  /** Returns up to `limit` sealed entries after a position, in chain order. */
  async sealedAfter(sequence: number, limit: number): Promise<SealedEvent[]> {
    const text = `SELECT ${COLUMNS} FROM audit_events WHERE sequence > $1 ORDER BY sequence LIMIT $2`;
    const rows = await this.dataSource.query<AuditRow[]>(text, [sequence, limit]);
    return rows.map((row) => eventOf(row) as SealedEvent);
  }

  /** Counts the entries with a position up to this one. */
  async countUpTo(sequence: number): Promise<number> {
    const text = 'SELECT count(*)::int AS count FROM audit_events WHERE sequence <= $1';
    const [row] = await this.dataSource.query<{ count: number }[]>(text, [sequence]);
    return row?.count ?? 0;
  }

  /** Returns the number of unsealed entries and the age of the oldest in seconds. */
  async unsealed(): Promise<{ count: number; oldestSeconds: number }> {
    const [row] = await this.dataSource.query<{ count: number; oldestSeconds: number }[]>(
      `SELECT count(*)::int AS count, coalesce(extract(epoch FROM now() - min(at)), 0)::float AS "oldestSeconds"
       FROM audit_events WHERE sequence IS NULL`,
    );
    return row ?? { count: 0, oldestSeconds: 0 };
  }

  /**
   * Returns the most recently signed head of the chain.
   * @throws `audit.head_unavailable`
   */
  async head(): Promise<AuditHead> {
    const [row] = await this.dataSource.query<unknown[]>('SELECT statement, key_id AS "keyId", jws FROM audit_head');
    if (row !== undefined) return auditHead.parse(row);
    throw new DomainError(
      'audit.head_unavailable',
      'No entry has been sealed yet, or no worker has a BULKHEAD_SIGNING_KEY.',
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
