import { Loop } from '#background';
import { Statements, type Transaction, Transactions } from '#persistence';
import { TenantChanges } from '#tenancy';
import { Injectable } from '@nestjs/common';

/** Maximum delay of an expiry, apart from the pass that carries it out. */
const PERIOD_MS = 250;
const BATCH = 100;

/** Principal of changes that Bulkhead starts itself. */
const SYSTEM = 'bulkhead';

/**
 * Changes the tenants of rules that have expired, also frozen ones, so that their next passes render without them. Only
 * the clock of the database counts. Runs in every worker. Level-triggered: what is due follows from the rows alone.
 */
@Injectable()
export class RuleExpiry {
  readonly loop = new Loop({
    name: 'network-rule-expiry',
    periodMs: PERIOD_MS,
    run: () => this.look(),
    failed: 'failed to look for expired network rules; will retry',
  });

  constructor(
    private readonly statements: Statements,
    private readonly transactions: Transactions,
    private readonly changes: TenantChanges,
  ) {}

  private async look(): Promise<void> {
    const due = await this.statements.run<{ id: string }>(
      'expired-network-rules',
      `SELECT tenant_id AS id FROM network_rules WHERE expired_at IS NULL AND expires_at <= now()
       ORDER BY expires_at LIMIT $1`,
      [BATCH],
    );
    const ids = [...new Set(due.map(({ id }) => id))];
    if (ids.length > 0) await this.transactions.run((transaction) => this.expire(transaction, ids));
  }

  /** A tenant that someone else is changing is left to the next run. */
  private async expire(transaction: Transaction, ids: readonly string[]): Promise<void> {
    const { manager } = transaction;
    const locked = await manager.query<{ id: string; changes: boolean }[]>(
      `SELECT id, deletion_requested_at IS NULL AS changes FROM tenants WHERE id = ANY($1::uuid[])
       ORDER BY id FOR UPDATE SKIP LOCKED`,
      [ids],
    );
    // A separate statement: another worker may have changed the rules of a tenant before it was locked here.
    const [expired] = await manager.query<[{ id: string }[], number]>(
      `UPDATE network_rules SET expired_at = now()
       WHERE tenant_id = ANY($1::uuid[]) AND expired_at IS NULL AND expires_at <= now() RETURNING tenant_id AS id`,
      [locked.map(({ id }) => id)],
    );
    const affected = new Set(expired.map(({ id }) => id));
    const tenants = locked
      .filter(({ id, changes }) => changes && affected.has(id))
      .map(({ id }) => ({ id, by: SYSTEM }));
    await this.changes.change(transaction, 'update', tenants, { urgent: true });
  }
}
