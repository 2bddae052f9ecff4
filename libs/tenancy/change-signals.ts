import { idOf } from '#persistence';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { DataSource } from 'typeorm';

/** How often a waiter looks by itself when it is told of changes, and when it is not. */
const CHECK_MS = 5_000;
const POLL_MS = 1_000;

/**
 * What Postgres announces on which channel: the payload is the uuid of the row that changed, and for an operation that
 * has ended ` ended` behind it.
 */
const channels: Readonly<Record<string, 'op' | 'tenant' | undefined>> = {
  bulkhead_operations: 'op',
  bulkhead_tenants: 'tenant',
};

/** @param ended whether the row will not change any more; null when nobody knows. */
type Waiter = (ended: boolean | null) => void;

/** How to wait for a change. */
export interface Patience {
  /** epoch in ms; without it there is no end */
  deadline?: number;
  /** Wakes the waiter at once. */
  abort?: AbortSignal;
  /** Of changes of an operation, only its end is of interest. */
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
  private readonly waiters = new Map<string, Set<Waiter>>();
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
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        abort?.removeEventListener('abort', done);
        this.forget(id, wake);
        resolve();
      };
      const wake: Waiter = (ended) => {
        if (!endOnly || ended !== false) done();
      };
      const pollMs = this.client === null ? POLL_MS : CHECK_MS;
      const pauseMs = this.stopping || abort?.aborted === true ? 0 : Math.min(pollMs, deadline - Date.now());
      const timer = setTimeout(done, Math.max(0, pauseMs));
      abort?.addEventListener('abort', done);
      this.waiters.set(id, (this.waiters.get(id) ?? new Set()).add(wake));
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
    for (const waiters of [...this.waiters.values()]) for (const wake of [...waiters]) wake(null);
  }

  private forget(id: string, waiter: Waiter): void {
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
      const [uuid = '', ended] = payload.split(' ');
      for (const wake of [...(this.waiters.get(idOf(prefix, uuid)) ?? [])]) wake(ended !== undefined);
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
