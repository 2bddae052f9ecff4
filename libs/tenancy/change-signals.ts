import { idOf } from '#persistence';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';

/** How often a waiter looks by itself: the longest delay when notifications are interrupted. */
const POLL_MS = 1_000;

/**
 * Tells waiters in this process that an operation has ended. Postgres sends the notification with the
 * commit that ends the operation (channel `bulkhead_operations`, payload: its uuid). A notification can
 * be lost with its connection, so waiters also look again by themselves.
 */
@Injectable()
export class OperationSignals implements OnApplicationShutdown {
  private readonly logger = new Logger(OperationSignals.name);
  private readonly waiters = new Map<string, Set<() => void>>();
  private client: pg.Client | null = null;
  private connecting: Promise<void> | null = null;
  private closed = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Resolves when the operation may have ended, or after a moment, or at `deadline` (epoch in ms). */
  async next(operationId: string, deadline: number): Promise<void> {
    await this.listen();
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.forget(operationId, done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, Math.min(POLL_MS, deadline - Date.now())));
      this.waiters.set(operationId, (this.waiters.get(operationId) ?? new Set()).add(done));
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    for (const waiters of this.waiters.values()) for (const wake of waiters) wake();
    await this.client?.end();
  }

  private forget(operationId: string, waiter: () => void): void {
    const waiters = this.waiters.get(operationId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiters.delete(operationId);
  }

  private async listen(): Promise<void> {
    if (this.client !== null || this.closed) return;
    this.connecting ??= this.connect().finally(() => {
      this.connecting = null;
    });
    await this.connecting;
  }

  private async connect(): Promise<void> {
    const { options } = this.dataSource;
    if (options.type !== 'postgres' || options.url === undefined) throw new Error('the data source has no url');
    const client = new pg.Client({
      connectionString: options.url,
      application_name: 'bulkhead-operation-signals',
      connectionTimeoutMillis: 5_000,
    });
    const lost = (error?: Error): void => {
      if (this.client === client) this.client = null;
      if (error !== undefined) this.logger.warn({ err: error }, 'the connection for notifications was lost');
    };
    client.on('error', lost);
    client.on('end', () => {
      lost();
    });
    client.on('notification', ({ payload }) => {
      if (payload === undefined) return;
      for (const wake of this.waiters.get(idOf('op', payload)) ?? []) wake();
    });
    try {
      await client.connect();
      await client.query('LISTEN bulkhead_operations');
      this.client = client;
    } catch (error) {
      this.logger.warn({ err: error }, 'cannot listen for notifications; waiters poll');
      await client.end().catch(() => undefined);
    }
  }
}
