import { idOf } from '#persistence';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';

/** Polling period of a waiter with and without notifications. */
const CHECK_MS = 5_000;
const POLL_MS = 1_000;

/**
 * Postgres channels; the payload is the uuid of the changed row. Ends of operations have a separate channel, because
 * most callers wait for those; processes of older versions do not listen to it.
 */
const channels: Readonly<Record<string, { prefix: 'op' | 'tenant'; ended: boolean } | undefined>> = {
  bulkhead_operations: { prefix: 'op', ended: false },
  bulkhead_operation_ends: { prefix: 'op', ended: true },
  bulkhead_tenants: { prefix: 'tenant', ended: false },
};

/** Returns the key under which waiters are registered. */
const topicOf = (id: string, ended: boolean): string => (ended ? `${id} ended` : id);

/** Options for waiting for a change. */
export interface Patience {
  /** Epoch milliseconds; by default there is no deadline. */
  deadline?: number;
  /** Wakes the waiter at once. */
  abort?: AbortSignal;
  /** Wake only for the end of the operation. */
  endOnly?: boolean;
}

/**
 * Notifies waiters in this process that an operation or a tenant has changed. Postgres triggers send a notification
 * with the commit of every visible change. It can be lost with the connection, so waiters also poll.
 */
@Injectable()
export class ChangeSignals implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(ChangeSignals.name);
  private readonly waiters = new Map<string, Set<() => void>>();
  private client: pg.Client | null = null;
  private connecting: Promise<void> | null = null;
  private stopping = false;

  constructor(private readonly dataSource: DataSource) {}

  /** True if the process is shutting down: waiting requests should then answer with the current state. */
  get closing(): boolean {
    return this.stopping;
  }

  /**
   * Resolves when the row may have changed, after a polling period, or at the deadline.
   * @param id id of an operation or a tenant.
   */
  async next(id: string, { deadline = Infinity, abort, endOnly = false }: Patience): Promise<void> {
    await this.listen();
    const topic = topicOf(id, endOnly);
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        abort?.removeEventListener('abort', done);
        this.forget(topic, done);
        resolve();
      };
      const pollMs = this.client === null ? POLL_MS : CHECK_MS;
      const pauseMs = this.stopping || abort?.aborted === true ? 0 : Math.min(pollMs, deadline - Date.now());
      const timer = setTimeout(done, Math.max(0, pauseMs));
      abort?.addEventListener('abort', done);
      this.waiters.set(topic, (this.waiters.get(topic) ?? new Set()).add(done));
    });
  }

  /** Connects for notifications if needed. Also resolves if the connection fails. */
  async listen(): Promise<void> {
    if (this.client !== null || this.stopping) return;
    this.connecting ??= this.connect().finally(() => {
      this.connecting = null;
    });
    await this.connecting;
  }

  /** Wakes all waiters before the server waits for requests in progress. */
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

  private forget(topic: string, waiter: () => void): void {
    const waiters = this.waiters.get(topic);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiters.delete(topic);
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
      if (error !== undefined) this.logger.warn({ err: error }, 'lost the connection for notifications');
      if (this.client !== client) return;
      this.client = null;
      // Waiters that relied on notifications poll now, and more often from here on.
      this.wakeAll();
    };
    client.on('error', lost);
    client.on('end', () => {
      lost();
    });
    client.on('notification', ({ channel, payload }) => {
      const told = channels[channel];
      if (payload === undefined || told === undefined) return;
      const topic = topicOf(idOf(told.prefix, payload), told.ended);
      for (const wake of [...(this.waiters.get(topic) ?? [])]) wake();
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
