import { idOf } from '#persistence';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';

/** How often a waiter looks by itself when it is told of changes, and when it is not. */
const CHECK_MS = 5_000;
const POLL_MS = 1_000;

/**
 * What Postgres announces on which channel: the payload is the uuid of the row that changed. Ends of operations have a
 * channel of their own, because most who wait wait for the end; a process of an older version does not listen to it.
 */
const channels: Readonly<Record<string, { prefix: 'op' | 'tenant'; ended: boolean } | undefined>> = {
  bulkhead_operations: { prefix: 'op', ended: false },
  bulkhead_operation_ends: { prefix: 'op', ended: true },
  bulkhead_tenants: { prefix: 'tenant', ended: false },
};

/** What waiters are found by. */
const topicOf = (id: string, ended: boolean): string => (ended ? `${id} ended` : id);

/** How to wait for a change. */
export interface Patience {
  /** epoch in ms; without it there is no end */
  deadline?: number;
  /** Wakes the waiter at once. */
  abort?: AbortSignal;
  /** Only the end of the operation is of interest. */
  endOnly?: boolean;
}

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

  /**
   * Resolves when the row may have changed, or after a moment, or at the deadline.
   * @param id of an operation or a tenant.
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
