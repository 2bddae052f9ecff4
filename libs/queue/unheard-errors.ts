import { EventEmitter } from 'node:events';

import pg from 'pg';

/**
 * Keeps Postgres connections that nobody listens to from ending the process. BullMQ takes a connection out of its pool
 * to migrate its schema, and removes all listeners from another before it ends it (bullmq 5, postgres-connection.js):
 * when the database is stopped just then, Node would end the process for an 'error' event without a listener. Whoever
 * uses such a connection next gets a rejection, and connects anew.
 */
export function surviveUnheardErrors(): void {
  pg.Client.prototype.emit = function emit(this: pg.Client, event: string | symbol, ...values: unknown[]): boolean {
    if (event === 'error' && this.listenerCount('error') === 0) return false;
    return EventEmitter.prototype.emit.call(this, event, ...values);
  };
}
