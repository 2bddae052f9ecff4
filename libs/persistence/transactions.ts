import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** An open database transaction, first argument of everything that changes data. */
export interface Transaction {
  readonly manager: EntityManager;
  /** Runs `work` once the transaction is committed; its failure is logged and changes nothing. */
  afterCommit(work: () => Promise<void>): void;
}

/**
 * Opens transactions. Work that must not happen for a change that was rolled back (waking the queue)
 * is registered with `afterCommit`; such work is only ever a hint, because the process can die between
 * the commit and the hint.
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
        this.logger.warn({ err: error }, 'work after a commit failed');
      });
    }
    return result;
  }
}
