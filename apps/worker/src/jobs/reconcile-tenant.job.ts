import { Dispatcher } from '#engine';
import { JobConsumer } from '#queue';
import { Injectable } from '@nestjs/common';

export interface ReconcileTenantSettings {
  concurrency: number;
  leaseMs: number;
}

/** Somebody thinks that a tenant needs a look. */
@Injectable()
export class ReconcileTenantJob {
  constructor(
    private readonly consumer: JobConsumer,
    private readonly dispatcher: Dispatcher,
    private readonly settings: ReconcileTenantSettings,
  ) {}

  async start(): Promise<void> {
    const { concurrency, leaseMs } = this.settings;
    await this.consumer.consume('reconcile-tenant', { concurrency, lockMs: leaseMs }, ({ tenantId }) =>
      this.dispatcher.reconcile(tenantId),
    );
  }
}
