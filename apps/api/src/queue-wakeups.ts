import { QuestionWakeups } from '#questions';
import { JobQueue } from '#queue';
import { Wakeups } from '#tenancy';
import { Injectable } from '@nestjs/common';

/** Wakes the workers through the queue. */
@Injectable()
export class QueueWakeups extends Wakeups {
  constructor(private readonly queue: JobQueue) {
    super();
  }

  override async wake(tenantId: string, { urgent = false }: { urgent?: boolean } = {}): Promise<void> {
    if (urgent) await this.queue.add('reconcile-tenant-urgently', { tenantId });
    else await this.queue.add('reconcile-changed', {});
  }

  override async prove(checkId: string): Promise<void> {
    await this.queue.add('prove', { checkId });
  }

  override async policies(): Promise<void> {
    await this.queue.add('ensure-policies', {});
  }
}

/** Tells the workers through the queue that a question was asked. */
@Injectable()
export class QueueQuestionWakeups extends QuestionWakeups {
  constructor(private readonly queue: JobQueue) {
    super();
  }

  override async asked(questionId: string): Promise<void> {
    await this.queue.add('preview', { previewId: questionId });
  }
}
