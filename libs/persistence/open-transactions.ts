import { AsyncLocalStorage } from 'node:async_hooks';

import { DataSource, type EntityManager } from 'typeorm';
import { type IsolationLevel } from 'typeorm/driver/types/IsolationLevel.js';

type Work<T> = (manager: EntityManager) => Promise<T>;

/** The transaction that the current asynchronous context belongs to. Work that it began can outlast it. */
const current = new AsyncLocalStorage<{ isOpen: boolean }>();

/** A data source that knows which code runs inside one of its transactions. */
export class WatchedDataSource extends DataSource {
  override transaction<T>(work: Work<T>): Promise<T>;
  override transaction<T>(isolation: IsolationLevel, work: Work<T>): Promise<T>;
  override async transaction<T>(first: IsolationLevel | Work<T>, second?: Work<T>): Promise<T> {
    const transaction = { isOpen: true };
    const watched = (work: Work<T>): Work<T> => {
      return (manager) => current.run(transaction, () => work(manager));
    };
    try {
      if (typeof first === 'function') return await super.transaction(watched(first));
      if (second === undefined) throw new Error('a transaction without work');
      return await super.transaction(first, watched(second));
    } finally {
      transaction.isOpen = false;
    }
  }
}

/**
 * Comes before a wait for something outside of the database. Inside a transaction it would hold locks and a connection
 * for as long as the other side likes, and Postgres ends a transaction that is idle for five seconds.
 * @param what names the wait, for the error
 * @throws Error inside an open transaction, which is a defect
 */
export function assertNoTransaction(what: string): void {
  if (current.getStore()?.isOpen === true) throw new Error(`${what} must not be waited for inside a transaction`);
}
