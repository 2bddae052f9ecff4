import { JobQueue } from '#queue';
import { Injectable } from '@nestjs/common';

/**
 * Tells the workers that there is something to do. Only ever a hint: every change also makes its tenant due, and workers
 * look for such tenants themselves, so a wake-up that is lost costs seconds.
 */
@Injectable()
export class Wakeups {
  constructor(private readonly queue: JobQueue) {}

  /**
   * Tells them of tenants with an urgent change: each gets a job in a queue that no backlog holds up. A trigger announces
   * every other change.
   */
  async urgent(tenantIds: readonly string[]): Promise<void> {
    for (const tenantId of tenantIds) await this.queue.add('reconcile-tenant-urgently', { tenantId });
  }

  /** Wakes a worker for an isolation check. If lost, the check starts seconds later. */
  async prove(checkId: string): Promise<void> {
    await this.queue.add('prove', { checkId });
  }

  /** Wakes a worker for a changed policy. If lost, the change takes effect seconds later. */
  async policies(): Promise<void> {
    await this.queue.add('ensure-policies', {});
  }
}
