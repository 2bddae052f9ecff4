import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** An open database transaction: the first argument of every function that changes data. */
export interface Transaction {
  readonly manager: EntityManager;
  /** Runs `work` after the commit; a failure is only logged. */
  afterCommit(work: () => Promise<void>): void;
}

/**
 * Opens transactions. Work that must not happen if the change is rolled back, such as waking the queue, is registered
 * with `afterCommit`. Such work is only a hint, because the process can die between the commit and the hint.
 */
@Injectable()
export class Transactions {
  private readonly logger = new Logger(Transactions.name);

  constructor(private readonly dataSource: DataSource) {}

  /** Commits when `work` resolves, rolls back when it rejects, then runs the `afterCommit` hints. */
  async run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const hints: (() => Promise<void>)[] = [];
    const result = await this.dataSource.transaction((manager) =>
      work({ manager, afterCommit: (hint) => void hints.push(hint) }),
    );
    for (const hint of hints) {
      hint().catch((error: unknown) => {
        this.logger.warn({ err: error }, 'failed to run work after a commit');
      });
    }
    return result;
  }
}
