import { setTimeout as pause } from 'node:timers/promises';

import { Reconciler } from '#engine';
import { JobConsumer } from '#queue';
import { Injectable } from '@nestjs/common';

/** Passes that wait for nobody: kept free for them, however many others are under way. */
const RESERVED = 4;
/** A pass under way is waited for: two holders of one tenant would undo each other's work. */
const RETRY_MS = 20;
const PATIENCE_MS = 2_000;

/**
 * Something about a tenant cannot wait its turn. When a pass over the same tenant outlasts the patience, it finds at
 * its end that the tenant has changed, and another follows.
 */
@Injectable()
export class ReconcileTenantUrgentlyJob {
  constructor(
    private readonly consumer: JobConsumer,
    private readonly reconciler: Reconciler,
    private readonly lockMs: number,
  ) {}

  async start(): Promise<void> {
    const settings = { concurrency: RESERVED, lockMs: this.lockMs };
    await this.consumer.consume('reconcile-tenant-urgently', settings, ({ tenantId }) => this.reconcile(tenantId));
  }

  private async reconcile(tenantId: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await this.reconciler.reconcile(tenantId, { urgent: true })) && Date.now() < deadline) {
      await pause(RETRY_MS);
    }
  }
}
