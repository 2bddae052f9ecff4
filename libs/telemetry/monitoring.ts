import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';

import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import pTimeout from 'p-timeout';

import { metricsText, tellOfProcess } from './metrics.js';
import { PROBE_TIMEOUT_MS } from './probe-timeout.js';

/**
 * Serves `/metrics`, `/health/live` and `/health/ready` on a separate port without authentication. Only the operators
 * of the process should be able to reach the port.
 */
export class Monitoring implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Monitoring.name);
  private readonly server: Server;

  /**
   * @param place address to listen on; disabled if `port` is null.
   * @param isReady rejects while the process is not ready.
   */
  constructor(
    private readonly place: { host: string; port: number | null },
    private readonly isReady: () => Promise<unknown>,
  ) {
    this.server = createServer((request, response) => {
      void this.answer(request.method ?? '', request.url ?? '', response);
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { host, port } = this.place;
    if (port === null) return;
    tellOfProcess();
    this.server.listen(port, host);
    await once(this.server, 'listening');
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async answer(method: string, url: string, response: ServerResponse): Promise<void> {
    const [path] = url.split('?');
    if (method !== 'GET' && method !== 'HEAD') end(response, 405, 'only GET');
    else if (path === '/health/live') end(response, 200, 'ok');
    else if (path === '/health/ready') await this.answerReady(response);
    else if (path === '/metrics') await this.answerMetrics(response);
    else end(response, 404, 'not found');
  }

  private async answerMetrics(response: ServerResponse): Promise<void> {
    try {
      const { type, text } = await metricsText();
      response.writeHead(200, { 'content-type': type }).end(text);
    } catch (error) {
      this.logger.warn({ err: error }, 'failed to collect metrics');
      end(response, 500, 'failed to collect metrics');
    }
  }

  private async answerReady(response: ServerResponse): Promise<void> {
    try {
      await pTimeout(this.isReady(), { milliseconds: PROBE_TIMEOUT_MS });
      end(response, 200, 'ok');
    } catch {
      end(response, 503, 'not ready');
    }
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
