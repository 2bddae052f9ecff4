import { MissingRunner } from '#background';
import { jsonOf, storableText, uuidOf } from '#persistence';
import { Logger } from '@nestjs/common';
import { type DataSource } from 'typeorm';

import { type QuestionKind, questionKinds } from './question.entity.js';

/** Nobody waits longer for an answer. */
const WAITING = '60 seconds';

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
  kind: QuestionKind;
  subject: string;
  request: never;
}

/** Answers questions. Each kind has one answerer, which registers itself. */
export class Answerers {
  private readonly logger = new Logger(Answerers.name);
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

  /** Answers a question if its caller can still be waiting; leaves any other alone. */
  async answer(questionId: string): Promise<void> {
    const id = uuidOf('preview', questionId);
    const [rows] = await this.dataSource.query<[AskedQuestion[], number]>(
      `UPDATE previews SET state = 'running'
       WHERE id = $1 AND finished_at IS NULL AND created_at > now() - interval '${WAITING}'
       RETURNING kind, subject, request`,
      [id],
    );
    const [question] = rows;
    if (question === undefined) return;
    try {
      const { result, token } = await this.answererOf(question.kind)(question.subject, question.request);
      await this.finish(id, 'succeeded', { result, error: null, token });
    } catch (error) {
      const { reason, message, isDefect } = this.explain(error);
      this.logger.warn({ questionId, reason, ...(isDefect ? { err: error } : {}) }, message);
      await this.finish(id, 'failed', { result: null, error: message, token: null });
    }
  }

  private answererOf(kind: QuestionKind): Answerer {
    const answerer = this.answerers.get(kind);
    if (answerer === undefined) throw new Error(`nothing answers questions of the kind ${kind}`);
    return answerer;
  }

  private async finish(
    id: string | null,
    state: 'succeeded' | 'failed',
    { result, error, token }: { result: object | null; error: string | null; token: string | null },
  ): Promise<void> {
    await this.dataSource.query(
      `UPDATE previews SET state = $2, result = $3::jsonb, error = $4, token = $5, finished_at = now() WHERE id = $1`,
      [id, state, result === null ? null : jsonOf(result), error && storableText(error), token],
    );
  }
}
