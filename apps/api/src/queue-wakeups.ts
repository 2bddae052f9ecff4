import { JobQueue } from '#queue';
import { Wakeups } from '#tenancy';
import { Injectable } from '@nestjs/common';

/** Wakes the workers through the queue. */
@Injectable()
export class QueueWakeups extends Wakeups {
  constructor(private readonly queue: JobQueue) {
    super();
  }

  override async wake(tenantId: string): Promise<void> {
    await this.queue.add('reconcile-tenant', { tenantId });
  }

  override async preview(previewId: string): Promise<void> {
    await this.queue.add('preview', { previewId });
  }
}
