import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';

import { inject } from 'vitest';

/** A connection to the API server that delays every message, so that a pass lasts long enough to be observed. */
export class SlowConnection {
  private readonly sockets = new Set<Socket>();
  private readonly folder = mkdtempSync(join(tmpdir(), 'bulkhead-slow-'));
  private readonly server: Server;
  /** The worker's kubeconfig for this connection. */
  readonly kubeconfig = join(this.folder, 'kubeconfig');

  /** @param delayMs for messages to the API server */
  private constructor(
    target: URL,
    private readonly delayMs: number,
  ) {
    this.server = createServer((socket) => {
      const beyond = connect(Number(target.port), target.hostname);
      for (const end of [socket, beyond]) {
        this.sockets.add(end);
        end.on('error', () => undefined).on('close', () => this.sockets.delete(end));
      }
      socket.on('close', () => beyond.destroy());
      beyond.on('close', () => socket.destroy());
      socket.pipe(this.slowly()).pipe(beyond).pipe(socket);
    });
  }

  static async open(delayMs: number): Promise<SlowConnection> {
    const text = readFileSync(inject('workerKubeconfig'), 'utf8');
    const [server = ''] = /https:\/\/[^\s"]+/.exec(text) ?? [];
    const way = new SlowConnection(new URL(server), delayMs);
    way.server.listen(0, '127.0.0.1');
    await once(way.server, 'listening');
    const { port } = way.server.address() as { port: number };
    writeFileSync(way.kubeconfig, text.replace(server, `https://127.0.0.1:${port}`));
    return way;
  }

  /** Stops forwarding. */
  async shut(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  async close(): Promise<void> {
    await this.shut();
    rmSync(this.folder, { recursive: true });
  }

  private slowly(): Transform {
    const { delayMs } = this;
    return new Transform({
      transform(chunk, _, done): void {
        setTimeout(() => {
          done(null, chunk);
        }, delayMs);
      },
    });
  }
}
