import { Logger } from '@nestjs/common';
import pg from 'pg';
import { watchedSockets } from '#persistence';
import { type DataSource } from 'typeorm';

/** How often a connection that only listens asks for an answer. */
const PROBE_MS = 10_000;
/** A connection without an answer for so long is lost. */
const SILENCE_MS = 15_000;

export interface Subscription {
  /** Name of the connection in `pg_stat_activity`. */
  applicationName: string;
  channels: readonly string[];
  /** @param payload empty when the notification has none. */
  onNotification: (channel: string, payload: string) => void;
  /** The connection was lost, and what was sent since is too. */
  onLost?: () => void;
  /** Other than the usual times, in ms. */
  probe?: { everyMs: number; silenceMs: number };
}

/**
 * Listens to channels of Postgres on a dedicated connection. Notifications are hints: those sent while the connection
 * is down are lost, so a caller also looks independently, and calls `connect` each time.
 */
export class NotificationListener {
  private readonly logger = new Logger(NotificationListener.name);
  private client: pg.Client | null = null;
  private connecting: Promise<void> | null = null;
  private isClosed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly subscription: Subscription,
  ) {}

  get isConnected(): boolean {
    return this.client !== null;
  }

  /** Connects if there is no connection. Never rejects for a connection that fails; that is logged. */
  async connect(): Promise<void> {
    if (this.client !== null || this.isClosed) return;
    this.connecting ??= this.open().finally(() => {
      this.connecting = null;
    });
    await this.connecting;
  }

  /** Resolves when no connection is open any more, nor being opened. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.connecting;
    await this.client?.end();
  }

  private async open(): Promise<void> {
    const { applicationName, channels, onNotification } = this.subscription;
    const client = this.newClient(applicationName);
    client.on('error', (error) => {
      if (this.client === client) {
        this.logger.warn({ err: error, applicationName }, 'lost the connection for notifications');
      }
      this.forget(client);
    });
    client.on('end', () => {
      this.forget(client);
    });
    client.on('notification', ({ channel, payload = '' }) => {
      onNotification(channel, payload);
    });
    try {
      await client.connect();
      for (const channel of channels) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      this.client = client;
      this.probe(client);
    } catch (error) {
      this.logger.warn({ err: error, applicationName }, 'cannot listen for notifications; reading goes on without');
      await client.end().catch(() => undefined);
    }
  }

  private newClient(applicationName: string): pg.Client {
    const { options } = this.dataSource;
    if (options.type !== 'postgres' || options.url === undefined) throw new Error('the data source has no url');
    return new pg.Client({
      connectionString: options.url,
      application_name: applicationName,
      connectionTimeoutMillis: 5_000,
      // Keeps middleboxes from forgetting the connection between two probes.
      keepAlive: true,
      stream: watchedSockets(this.subscription.probe?.silenceMs ?? SILENCE_MS),
    });
  }

  /** A connection that only listens would not notice a peer that vanished; its socket does when a probe stays alone. */
  private probe(client: pg.Client): void {
    let isUnanswered = false;
    const timer = setInterval(() => {
      if (isUnanswered) return;
      isUnanswered = true;
      client.query('SELECT 1').then(
        () => (isUnanswered = false),
        () => undefined,
      );
    }, this.subscription.probe?.everyMs ?? PROBE_MS);
    timer.unref();
    client.once('end', () => {
      clearInterval(timer);
    });
  }

  private forget(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = null;
    this.subscription.onLost?.();
  }
}
