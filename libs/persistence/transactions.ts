import { classify } from '#problems';
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

  /**
   * Commits when `work` resolves, rolls back when it rejects, then runs the `afterCommit` hints. Work that another
   * transaction was in the way of is rolled back and done once more, so it must not change anything but the database.
   */
  async run<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const { result, hints } = await retryingConflicts(async () => {
      const registered: (() => Promise<void>)[] = [];
      const done = await this.dataSource.transaction((manager) =>
        work({ manager, afterCommit: (hint) => void registered.push(hint) }),
      );
      return { result: done, hints: registered };
    });
    for (const hint of hints) {
      hint().catch((error: unknown) => {
        this.logger.warn({ err: error }, 'failed to run work after a commit');
      });
    }
    return result;
  }
}

/**
 * Does a transaction's work once more if Postgres ended it in favour of another transaction: by a deadlock, for one. All
 * transactions lock tenants by id, but rows are also locked by updates of many at once and by foreign keys.
 * @throws the error of the second attempt
 */
export async function retryingConflicts<T>(transaction: () => Promise<T>): Promise<T> {
  try {
    return await transaction();
  } catch (error) {
    if (classify(error).name !== 'transaction-conflict') throw error;
    return transaction();
  }
}
