import { idOf } from '#persistence';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';

/** How often a waiter looks by itself: the longest delay when notifications are interrupted. */
const POLL_MS = 1_000;

/** What Postgres announces on which channel: the payload is the uuid of the row that changed. */
const channels: Readonly<Record<string, 'op' | 'tenant' | undefined>> = {
  bulkhead_operations: 'op',
  bulkhead_tenants: 'tenant',
};

/**
 * Tells waiters in this process that an operation or a tenant has changed. Triggers in Postgres send a notification
 * with the commit of every change that readers can see. One can be lost with its connection, so waiters also look again
 * by themselves.
 */
@Injectable()
export class ChangeSignals implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(ChangeSignals.name);
  private readonly waiters = new Map<string, Set<() => void>>();
  private client: pg.Client | null = null;
  private connecting: Promise<void> | null = null;
  private stopping = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Whether the process is about to end: whoever waits should answer with what there is. */
  get closing(): boolean {
    return this.stopping;
  }

  /** Whether notifications arrive; without them a waiter should look more often. */
  get connected(): boolean {
    return this.client !== null;
  }

  /**
   * Resolves when the row may have changed, or after a moment, or at `deadline` (epoch in ms).
   * @param id of an operation or a tenant.
   * @param abort wakes the waiter at once.
   */
  async next(id: string, deadline: number, pollMs = POLL_MS, abort?: AbortSignal): Promise<void> {
    await this.listen();
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        abort?.removeEventListener('abort', done);
        this.forget(id, done);
        resolve();
      };
      const pauseMs = this.stopping || abort?.aborted === true ? 0 : Math.min(pollMs, deadline - Date.now());
      const timer = setTimeout(done, Math.max(0, pauseMs));
      abort?.addEventListener('abort', done);
      this.waiters.set(id, (this.waiters.get(id) ?? new Set()).add(done));
    });
  }

  /** Connects for notifications if that has not been done; resolves also when it cannot be done now. */
  async listen(): Promise<void> {
    if (this.client !== null || this.stopping) return;
    this.connecting ??= this.connect().finally(() => {
      this.connecting = null;
    });
    await this.connecting;
  }

  /** Before the server waits for the requests that are under way: those that wait for a change answer now. */
  beforeApplicationShutdown(): void {
    this.stopping = true;
    this.wakeAll();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client?.end();
  }

  private wakeAll(): void {
    for (const waiters of [...this.waiters.values()]) for (const wake of [...waiters]) wake();
  }

  private forget(id: string, waiter: () => void): void {
    const waiters = this.waiters.get(id);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiters.delete(id);
  }

  private async connect(): Promise<void> {
    const { options } = this.dataSource;
    if (options.type !== 'postgres' || options.url === undefined) throw new Error('the data source has no url');
    const client = new pg.Client({
      connectionString: options.url,
      application_name: 'bulkhead-change-signals',
      connectionTimeoutMillis: 5_000,
    });
    const lost = (error?: Error): void => {
      if (error !== undefined) this.logger.warn({ err: error }, 'the connection for notifications was lost');
      if (this.client !== client) return;
      this.client = null;
      // Whoever relied on being told looks now, and more often from here on.
      this.wakeAll();
    };
    client.on('error', lost);
    client.on('end', () => {
      lost();
    });
    client.on('notification', ({ channel, payload }) => {
      const prefix = channels[channel];
      if (payload === undefined || prefix === undefined) return;
      for (const wake of [...(this.waiters.get(idOf(prefix, payload)) ?? [])]) wake();
    });
    try {
      await client.connect();
      for (const channel of Object.keys(channels)) await client.query(`LISTEN ${channel}`);
      this.client = client;
    } catch (error) {
      this.logger.warn({ err: error }, 'cannot listen for notifications; waiters poll');
      await client.end().catch(() => undefined);
    }
  }
}
