import { NotificationListener, Shutdown } from '#background';
import { idOf } from '#persistence';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
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
export interface WaitOptions {
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
export class ChangeSignals implements OnApplicationShutdown {
  private readonly waiters = new Map<string, Set<() => void>>();
  private readonly listener: NotificationListener;

  constructor(
    dataSource: DataSource,
    private readonly shutdown: Shutdown,
  ) {
    this.listener = new NotificationListener(dataSource, {
      applicationName: 'bulkhead-change-signals',
      channels: Object.keys(channels),
      onNotification: (channel, payload) => {
        this.wake(channel, payload);
      },
      // Waiters that relied on notifications poll now, and more often from here on.
      onLost: () => {
        this.wakeAll();
      },
    });
    // Before the server waits for requests in progress.
    shutdown.signal.addEventListener('abort', () => {
      this.wakeAll();
    });
  }

  /** True if the process is shutting down: waiting requests should then answer with the current state. */
  get closing(): boolean {
    return this.shutdown.signal.aborted;
  }

  /**
   * Resolves when the row may have changed, after a polling period, or at the deadline.
   * @param id id of an operation or a tenant.
   */
  async next(id: string, { deadline = Infinity, abort, endOnly = false }: WaitOptions): Promise<void> {
    await this.listen();
    const topic = topicOf(id, endOnly);
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        abort?.removeEventListener('abort', done);
        this.forget(topic, done);
        resolve();
      };
      const pollMs = this.listener.isConnected ? CHECK_MS : POLL_MS;
      const pauseMs = this.closing || abort?.aborted === true ? 0 : Math.min(pollMs, deadline - Date.now());
      const timer = setTimeout(done, Math.max(0, pauseMs));
      abort?.addEventListener('abort', done);
      this.waiters.set(topic, (this.waiters.get(topic) ?? new Set()).add(done));
    });
  }

  /** Connects for notifications if needed. Also resolves if the connection fails. */
  async listen(): Promise<void> {
    await this.listener.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.listener.close();
  }

  private wake(channel: string, payload: string): void {
    const change = channels[channel];
    if (payload === '' || change === undefined) return;
    const topic = topicOf(idOf(change.prefix, payload), change.ended);
    for (const wake of [...(this.waiters.get(topic) ?? [])]) wake();
  }

  private wakeAll(): void {
    for (const waiters of [...this.waiters.values()]) for (const wake of [...waiters]) wake();
  }

  private forget(topic: string, waiter: () => void): void {
    const waiters = this.waiters.get(topic);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiters.delete(topic);
  }
}
