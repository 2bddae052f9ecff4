import { Loop } from '#background';
import { jsonOf, uuidOf } from '#persistence';
import { type DataSource } from 'typeorm';

import { type LeaseKeeper } from '../lease/lease-keeper.js';
import { type LeasedTenant } from '../lease/leased-tenant.js';
import { type StepLog } from '../pass/steps.js';

/** A shorter pass writes nothing before its end. */
const FIRST_AFTER_MS = 500;
const PERIOD_MS = 1_000;

/**
 * Writes the steps of a long pass while it works, at most once a second, and learns in the same query whether the
 * operation was cancelled or the tenant was changed again. The written steps are only for readers; the end of the pass writes them all again.
 */
export class Progress {
  private readonly loop = new Loop({
    name: 'pass-progress',
    periodMs: PERIOD_MS,
    firstInMs: FIRST_AFTER_MS,
    run: () => this.write(),
    failed: 'failed to write the progress of a pass; will retry',
    details: (error) => ({ err: error, tenantId: this.tenant.id }),
  });
  private written: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly tenant: LeasedTenant,
    private readonly steps: StepLog,
    private readonly keeper: LeaseKeeper,
  ) {
    this.written = steps.revision;
    this.loop.start();
  }

  /** Resolves when no write is under way, so that the end of the pass writes last. */
  async stop(): Promise<void> {
    await this.loop.stop();
  }

  private async write(): Promise<void> {
    const { revision } = this.steps;
    const steps = revision === this.written ? null : jsonOf(this.steps.all());
    const { id, epoch, generation } = this.tenant;
    const rows = await this.dataSource.query<{ cancelled: boolean; generation: number }[]>(
      `WITH leased AS (
         SELECT id, generation, cancelled_generation = $3 AS cancelled FROM tenants WHERE id = $1 AND lease_epoch = $2
       ), written AS (
         UPDATE operations SET steps = $4::jsonb
         WHERE tenant_id IN (SELECT id FROM leased) AND generation = $3 AND finished_at IS NULL AND $4::jsonb IS NOT NULL
       )
       SELECT coalesce(cancelled, false) AS cancelled, generation FROM leased`,
      [uuidOf('tenant', id), epoch, generation, steps],
    );
    this.written = revision;
    const [current] = rows;
    if (current?.cancelled === true) this.keeper.cancel();
    if (current !== undefined) this.keeper.noteGeneration(current.generation);
  }
}
