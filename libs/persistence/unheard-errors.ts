import { EventEmitter } from 'node:events';

import pg from 'pg';

/**
 * Keeps Postgres connections that nobody listens to from ending the process. Node would end it for an 'error' event
 * without a listener, and there are moments when nobody listens:
 *
 * - pg-pool takes its listener off a connection before it hands it out, and TypeORM adds one a moment later. A database
 *   that stops just then sends its farewell in the same packet as its welcome (pg-pool 3, `_acquireClient`).
 * - BullMQ takes a connection out of its pool to migrate its schema, and removes all listeners from another before it
 *   ends it (bullmq 5, postgres-connection.js).
 *
 * Whoever uses such a connection next gets a rejection, and connects anew.
 */
export function surviveUnheardErrors(): void {
  pg.Client.prototype.emit = function emit(this: pg.Client, event: string | symbol, ...values: unknown[]): boolean {
    if (event === 'error' && this.listenerCount('error') === 0) return false;
    return EventEmitter.prototype.emit.call(this, event, ...values);
  };
}
