import { Prover } from '#proof/worker';
import { JobConsumer } from '#queue';
import { Injectable } from '@nestjs/common';

const LOCK_MS = 300_000;

/** Somebody wants to know whether a tenant is kept apart. One run at a time: each is thousands of requests. */
@Injectable()
export class ProveJob {
  constructor(
    private readonly consumer: JobConsumer,
    private readonly prover: Prover,
  ) {}

  async start(): Promise<void> {
    await this.consumer.consume('prove', { concurrency: 1, lockMs: LOCK_MS }, ({ checkId }) =>
      this.prover.prove(checkId),
    );
  }
}
