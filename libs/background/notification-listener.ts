import { Logger } from '@nestjs/common';
import pg from 'pg';
import { type DataSource } from 'typeorm';

/**
 * Listens to Postgres notification channels over a dedicated connection. Notifications are hints: those sent while the
 * connection is down are lost. So listeners also poll, and call `connect` each time.
 */
export class NotificationListener {
  private readonly logger = new Logger(NotificationListener.name);
  private client: pg.Client | null = null;
  private connecting: Promise<void> | null = null;
  private closed = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly applicationName: string,
    private readonly channels: readonly string[],
    private readonly heard: (channel: string) => void,
  ) {}

  /** Connects if there is no connection. Never rejects; a failure is logged. */
  async connect(): Promise<void> {
    if (this.client !== null || this.closed) return;
    this.connecting ??= this.open().finally(() => {
      this.connecting = null;
    });
    await this.connecting;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.connecting;
    await this.client?.end();
  }

  private async open(): Promise<void> {
    const { options } = this.dataSource;
    if (options.type !== 'postgres' || options.url === undefined) throw new Error('the data source has no url');
    const client = new pg.Client({
      connectionString: options.url,
      application_name: this.applicationName,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    const lost = (error?: Error): void => {
      if (this.client === client) this.client = null;
      if (error !== undefined) this.logger.warn({ err: error }, 'lost the connection for notifications');
    };
    client.on('error', lost);
    client.on('end', () => {
      lost();
    });
    client.on('notification', ({ channel }) => {
      this.heard(channel);
    });
    try {
      await client.connect();
      for (const channel of this.channels) await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
      this.client = client;
    } catch (error) {
      this.logger.warn({ err: error }, 'cannot listen for notifications');
      await client.end().catch(() => undefined);
    }
  }
}
