import { Loop, Shutdown, waitForRow } from '#background';
import { newId } from '#persistence';
import { DomainError } from '#problems';
import { JobQueue } from '#queue';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Raw, type Repository } from 'typeorm';

import { Question } from './question.entity.js';

const POLL_MS = 150;
const RETENTION = '1 day';
const PURGE_PERIOD_MS = 3_600_000;
/** Questions that may wait for a worker at the same time; more would only wait for each other. */
const MOST_WAITING = 50;
/** No caller waits for the answer to an older question. */
const WAITING = '60 seconds';

export interface Answered<Result> {
  id: string;
  result: Result;
  /** Names a previewed change of a tenant; null for other questions. */
  token: string | null;
}

/** Asks the workers what only they can find out, and waits for the answer. */
@Injectable()
export class Questions {
  private readonly logger = new Logger(Questions.name);
  readonly loop = new Loop({
    name: 'question-purge',
    periodMs: PURGE_PERIOD_MS,
    run: async () => {
      await this.questions.delete({ createdAt: Raw((column) => `${column} < now() - interval '${RETENTION}'`) });
    },
    failed: 'failed to delete expired questions',
  });

  constructor(
    @InjectRepository(Question) private readonly questions: Repository<Question>,
    private readonly queue: JobQueue,
    private readonly shutdown: Shutdown,
  ) {}

  /**
   * Asks a question and waits for its answer, whose type depends on the kind.
   * @param waitSeconds how long to wait for a worker.
   * @throws `preview.timeout`, `preview.failed`
   */
  async ask<Result>(
    question: Pick<Question, 'kind' | 'subject' | 'request' | 'requestedBy'>,
    waitSeconds: number,
  ): Promise<Answered<Result>> {
    const deadline = Date.now() + waitSeconds * 1000;
    const recently = Raw((column) => `${column} > now() - interval '${WAITING}'`);
    const waiting = await this.questions.countBy({ state: In(['pending', 'running']), createdAt: recently });
    if (waiting >= MOST_WAITING) {
      throw new DomainError('preview.timeout', 'Too many previews are waiting for a worker; retry later.');
    }
    const id = newId('preview');
    await this.questions.insert({ ...question, id, state: 'pending' });
    // A hint: workers also look for questions that wait. A queue that is away may not respond at all.
    this.queue.add('preview', { previewId: id }).catch((error: unknown) => {
      this.logger.warn({ err: error }, 'failed to queue a question');
    });
    const answer = await waitForRow({
      read: () => this.questions.findOneByOrFail({ id }),
      isDone: ({ finishedAt }) => finishedAt !== null,
      deadline,
      shutdown: this.shutdown.signal,
      changes: POLL_MS,
    });
    if (answer.finishedAt === null) {
      throw new DomainError(
        'preview.timeout',
        `No worker answered within ${waitSeconds} seconds. Nothing was changed; retry later.`,
      );
    }
    if (answer.state === 'failed') throw new DomainError('preview.failed', answer.error ?? 'The preview failed.');
    return { id, result: answer.result as Result, token: answer.token };
  }
}
