import { PolicyEnforcer } from '#policies/worker';
import { JobConsumer } from '#queue';
import { Injectable } from '@nestjs/common';

const LOCK_MS = 120_000;

/** Somebody changed a policy. */
@Injectable()
export class EnsurePoliciesJob {
  constructor(
    private readonly consumer: JobConsumer,
    private readonly enforcer: PolicyEnforcer,
  ) {}

  async start(): Promise<void> {
    await this.consumer.consume('ensure-policies', { concurrency: 1, lockMs: LOCK_MS }, () => this.enforcer.ensure());
  }
}
