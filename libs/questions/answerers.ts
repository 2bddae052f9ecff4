import { Loop, MissingRunner } from '#background';
import { idOf, jsonOf, storableText, uuidOf } from '#persistence';
import { type BeforeApplicationShutdown, Logger } from '@nestjs/common';
import { type DataSource } from 'typeorm';

import { type QuestionKind, questionKinds } from './question.entity.js';

/** No caller waits longer for an answer. */
const WAITING = '60 seconds';
/** How long a worker has a question for itself. After that it was lost with its worker. */
const CLAIM = '20 seconds';
/** How often the database is asked for questions whose job was lost, or could not be queued. */
const PERIOD_MS = 500;
/** Answers to such questions at a time. Few: passes come first. */
const MOST_AT_ONCE = 2;
/** A question that is younger is left to its job. */
const JOB_TIME = '250 milliseconds';

export interface Answer {
  result: object;
  /** Names a previewed change of a tenant; null for other questions. */
  token: string | null;
}

/** Why a question could not be answered. */
export interface AnswerFailure {
  /** One CamelCase word, for the log. */
  reason: string;
  /** For the caller. */
  message: string;
  /** True if it is a defect of Bulkhead, so that the log needs the error itself. */
  isDefect: boolean;
}

/** @param request what the question asks; its type depends on the kind. */
type Answerer = (subject: string, request: never) => Promise<Answer>;

interface AskedQuestion {
  /** uuid */
  id: string;
  kind: QuestionKind;
  subject: string;
  request: never;
}

/**
 * Answers questions: those of jobs, and those that wait although their job was lost or never queued. Each kind has one
 * answerer, which registers itself.
 */
export class Answerers implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Answerers.name);
  private readonly underWay = new Set<Promise<void>>();
  readonly loop = new Loop({
    name: 'question-answerer',
    periodMs: PERIOD_MS,
    run: () => this.answerWaiting(),
    failed: 'failed to look for unanswered questions; they are looked for again',
  });
  private readonly answerers = new Map<QuestionKind, Answerer>();

  /** @param explain says why an answerer rejected. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly explain: (error: unknown) => AnswerFailure,
  ) {}

  register(kind: QuestionKind, answer: Answerer): void {
    this.answerers.set(kind, answer);
  }

  /** @throws MissingRunner when a kind has no answerer */
  check(): void {
    const missing = questionKinds.filter((kind) => !this.answerers.has(kind));
    if (missing.length === 0) return;
    throw new MissingRunner(
      `The worker cannot start: nothing answers questions of the kind "${missing.join('", "')}".`,
    );
  }

  /** Answers a question if its caller can still be waiting and no other worker has it; leaves any other alone. */
  async answer(questionId: string): Promise<void> {
    const [question] = await this.claim('id = $1', [uuidOf('preview', questionId)]);
    if (question !== undefined) await this.answerClaimed(question);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await Promise.all(this.underWay);
  }

  /** Begins to answer the questions that have waited longest; what takes long does not hold up the next look. */
  private async answerWaiting(): Promise<void> {
    const room = MOST_AT_ONCE - this.underWay.size;
    if (room <= 0) return;
    for (const question of await this.claim(`created_at < now() - interval '${JOB_TIME}'`, [], room)) {
      const work = this.answerClaimed(question)
        .catch((error: unknown) => {
          this.logger.warn({ questionId: idOf('preview', question.id), err: error }, 'failed to store an answer');
        })
        .finally(() => this.underWay.delete(work));
      this.underWay.add(work);
    }
  }

  private async claim(which: string, values: unknown[], most = 1): Promise<AskedQuestion[]> {
    const [rows] = await this.dataSource.query<[AskedQuestion[], number]>(
      `UPDATE previews SET state = 'running', claimed_until = now() + interval '${CLAIM}' WHERE id IN (
         SELECT id FROM previews
         WHERE ${which} AND finished_at IS NULL AND created_at > now() - interval '${WAITING}'
           AND (claimed_until IS NULL OR claimed_until <= now())
         ORDER BY created_at LIMIT ${most} FOR UPDATE SKIP LOCKED)
       RETURNING id, kind, subject, request`,
      values,
    );
    return rows;
  }

  private async answerClaimed({ id, kind, subject, request }: AskedQuestion): Promise<void> {
    try {
      const { result, token } = await this.answererOf(kind)(subject, request);
      await this.finish(id, 'succeeded', { result, error: null, token });
    } catch (error) {
      const { reason, message, isDefect } = this.explain(error);
      const details = { questionId: idOf('preview', id), reason, ...(isDefect && { err: error }) };
      this.logger.warn(details, message);
      await this.finish(id, 'failed', { result: null, error: message, token: null });
    }
  }

  private answererOf(kind: QuestionKind): Answerer {
    const answerer = this.answerers.get(kind);
    if (answerer === undefined) throw new Error(`nothing answers questions of the kind ${kind}`);
    return answerer;
  }

  /** The first answer counts: a worker that took longer than its claim may be the second. */
  private async finish(
    id: string,
    state: 'succeeded' | 'failed',
    { result, error, token }: { result: object | null; error: string | null; token: string | null },
  ): Promise<void> {
    await this.dataSource.query(
      `UPDATE previews SET state = $2, result = $3::jsonb, error = $4, token = $5, finished_at = now()
       WHERE id = $1 AND finished_at IS NULL`,
      [id, state, result === null ? null : jsonOf(result), error && storableText(error), token],
    );
  }
}
