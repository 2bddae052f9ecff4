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
   * Tells them of changed tenants.
   * @param urgent each gets a job of its own in a queue that no backlog holds up; otherwise one job stands for all
   */
  async wake(tenantIds: readonly string[], { urgent }: { urgent: boolean }): Promise<void> {
    if (tenantIds.length === 0) return;
    if (!urgent) return this.queue.add('reconcile-changed', {});
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
