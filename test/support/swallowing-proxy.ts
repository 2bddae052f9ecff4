import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A connection to Postgres that can fall silent without being closed, as after a fail-over that nobody announces. */
export class SwallowingProxy {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private isSilent = false;

  private constructor(target: URL) {
    this.server = createServer((socket) => {
      const beyond = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [socket, beyond],
        [beyond, socket],
      ] as const) {
        this.sockets.add(from);
        from.on('error', () => undefined).on('close', () => to.destroy());
        from.on('data', (chunk) => {
          if (!this.isSilent) to.write(chunk);
        });
      }
    });
  }

  /** @param url of the database; returns the proxy and the URL through it */
  static async open(url: string): Promise<{ proxy: SwallowingProxy; url: string }> {
    const through = new URL(url);
    const proxy = new SwallowingProxy(new URL(url));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    through.hostname = '127.0.0.1';
    through.port = String((proxy.server.address() as { port: number }).port);
    return { proxy, url: through.href };
  }

  /** From now on everything that is sent is lost, on connections that exist and on new ones. */
  swallow(isSilent = true): void {
    this.isSilent = isSilent;
  }

  async close(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }
}
