import { Loop } from '#background';
import { Statements, type Transaction, Transactions } from '#persistence';
import { TenantChanges } from '#tenancy';
import { Injectable } from '@nestjs/common';

import { lockTenantsOf } from './emergency-rules.service.js';

/** Maximum delay of an expiry, apart from the pass that carries it out. */
const PERIOD_MS = 250;
const BATCH = 100;

/** Changes are committed within this time. */
const LONGEST_TRANSACTION_SECONDS = 60;

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
    run: async () => {
      await this.look();
      await this.lookForEmergencies();
    },
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

  /**
   * Ends emergency rules that have expired. Changes tenants once more that were being created while a rule was made:
   * neither did the rule see them, nor perhaps their first pass the rule.
   */
  private async lookForEmergencies(): Promise<void> {
    const due = await this.statements.run<{ id: string }>(
      'due-emergency-rules',
      `SELECT id FROM emergency_rules WHERE ended_at IS NULL AND (expires_at <= now()
         OR (settled_at IS NULL AND created_at < now() - interval '${LONGEST_TRANSACTION_SECONDS} seconds'))`,
      [],
    );
    if (due.length > 0) await this.transactions.run((transaction) => this.endOrSettle(transaction));
  }

  private async endOrSettle(transaction: Transaction): Promise<void> {
    const { manager } = transaction;
    const claim = async (set: string, where: string): Promise<string[]> => {
      const [rules] = await manager.query<[{ id: string }[], number]>(
        `UPDATE emergency_rules SET ${set} = now() WHERE ended_at IS NULL AND ${where} RETURNING id`,
      );
      return rules.map(({ id }) => id);
    };
    const ended = await claim('ended_at', 'expires_at <= now()');
    // One list at a time, so that tenants are locked in the order of their ids.
    if (ended.length > 0) {
      await this.changeAll(transaction, await lockTenantsOf(manager, ended));
      return;
    }
    const settled = await claim(
      'settled_at',
      `settled_at IS NULL AND created_at < now() - interval '${LONGEST_TRANSACTION_SECONDS} seconds'`,
    );
    await this.changeAll(transaction, await lockTenantsOf(manager, settled, LONGEST_TRANSACTION_SECONDS));
  }

  private async changeAll(transaction: Transaction, ids: readonly string[]): Promise<void> {
    const tenants = ids.map((id) => ({ id, by: SYSTEM }));
    await this.changes.change(transaction, 'update', tenants, { urgent: true });
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
