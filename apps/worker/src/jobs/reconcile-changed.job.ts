import { Dispatcher } from '#engine';
import { JobConsumer } from '#queue';
import { Injectable } from '@nestjs/common';

/** Somebody has changed tenants. */
@Injectable()
export class ReconcileChangedJob {
  constructor(
    private readonly consumer: JobConsumer,
    private readonly dispatcher: Dispatcher,
    private readonly lockMs: number,
  ) {}

  async start(): Promise<void> {
    await this.consumer.consume('reconcile-changed', { concurrency: 1, lockMs: this.lockMs }, () =>
      this.dispatcher.dispatch(),
    );
    this.dispatcher.start();
  }
}
