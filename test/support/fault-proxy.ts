import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, createServer, request as startRequest, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { inject } from 'vitest';

import { AdminClient } from './admin-client.js';

/** A request on its way to the API server. */
export interface ProxiedRequest {
  method: string;
  /** Without the query. For a create the name of the object is appended, as for an apply. */
  path: string;
  query: URLSearchParams;
  isWrite: boolean;
}

/** What happens to a request instead of forwarding it. */
export type Fault =
  /** The API server never sees it. */
  | { kind: 'answer'; status: number; headers?: Record<string, string>; body: object }
  /** The connection breaks before the request arrives. */
  | { kind: 'drop' }
  /** The request is carried out, and the connection breaks before the answer arrives. */
  | { kind: 'lose-reply' }
  /** It waits `before` it arrives, or `after` it was carried out. If the caller dies meanwhile, the wait ends. */
  | { kind: 'hold'; when: 'before' | 'after'; until: Promise<unknown> }
  /** It arrives twice, as a network can repeat it. The caller gets the second answer. */
  | { kind: 'repeat' };

export type Rule = (request: ProxiedRequest) => Fault | undefined;

/**
 * A proxy between a worker and the API server that injects faults of networks and servers. It uses the API server's own
 * TLS certificate, and forwards the caller's token. Requests without a matching rule are streamed through, including
 * watches.
 */
export class FaultProxy {
  private readonly rules = new Set<Rule>();
  private readonly agent: Agent;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
    /** The path of the worker's kubeconfig for this proxy. */
    readonly kubeconfig: string,
    ca: string,
  ) {
    this.agent = new Agent({ ca, keepAlive: true, maxSockets: 256 });
  }

  static async start(): Promise<FaultProxy> {
    const folder = path.join(path.dirname(inject('adminKubeconfig')), 'certificates');
    const [cert, key] = ['apiserver.crt', 'apiserver.key'].map((name) => readFileSync(path.join(folder, name)));
    const { server: target, ca } = new AdminClient();
    const server = createServer({ ...(cert && { cert }), ...(key && { key }) }).listen(0, '127.0.0.1');
    // Like an API server, which does not close idle connections after five seconds: faults come from rules only.
    server.keepAliveTimeout = 0;
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const kubeconfig = path.join(tmpdir(), `bulkhead-proxy-${process.pid}-${port}.kubeconfig`);
    const text = readFileSync(inject('workerKubeconfig'), 'utf8');
    writeFileSync(kubeconfig, text.replace(target, `https://127.0.0.1:${port}`), { mode: 0o600 });
    const proxy = new FaultProxy(server, new URL(target), kubeconfig, ca);
    server.on('request', (incoming: IncomingMessage, answer: ServerResponse) => {
      proxy.handle(incoming, answer).catch(() => incoming.socket.destroy());
    });
    server.on('tlsClientError', () => undefined);
    return proxy;
  }

  /** Adds a rule; the first rule that returns a fault applies. Returns a function that removes the rule. */
  use(rule: Rule): () => void {
    this.rules.add(rule);
    return () => this.rules.delete(rule);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.agent.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private async handle(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', this.target);
    const method = incoming.method ?? 'GET';
    const isWrite = !['GET', 'HEAD'].includes(method);
    const body = await readAll(incoming);
    const path = decodeURIComponent(url.pathname) + (method === 'POST' ? `/${nameIn(body)}` : '');
    const fault = this.faultOf({ method, path, query: url.searchParams, isWrite });
    const forward = (): Promise<IncomingMessage> => this.forward(incoming, body, answer);
    switch (fault?.kind) {
      case undefined:
        relay(await forward(), answer);
        return;
      case 'answer':
        answer.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
        answer.end(JSON.stringify(fault.body));
        return;
      case 'drop':
        incoming.socket.destroy();
        return;
      case 'lose-reply':
        await readAll(await forward());
        incoming.socket.destroy();
        return;
      case 'repeat':
        await readAll(await forward());
        relay(await forward(), answer);
        return;
      case 'hold': {
        const ended = Promise.race([fault.until, once(answer, 'close')]);
        if (fault.when === 'after') {
          const { statusCode = 500, headers, text } = await read(await forward());
          await ended;
          answer.writeHead(statusCode, headersOf(headers)).end(text);
          return;
        }
        await ended;
        if (!answer.destroyed) relay(await forward(), answer);
      }
    }
  }

  private faultOf(request: ProxiedRequest): Fault | undefined {
    for (const rule of this.rules) {
      const fault = rule(request);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  private forward(incoming: IncomingMessage, body: Buffer, answer: ServerResponse): Promise<IncomingMessage> {
    const { method, url: address } = incoming;
    const headers = { ...headersOf(incoming.headers), host: this.target.host };
    return new Promise((resolve, reject) => {
      const outgoing = startRequest(new URL(address ?? '/', this.target), { method, headers, agent: this.agent });
      outgoing.once('response', resolve).once('error', reject);
      answer.once('close', () => {
        // A watch ends with its reader. A write in flight is carried out.
        if (method === 'GET') outgoing.destroy();
      });
      outgoing.end(body);
    });
  }
}

function nameIn(body: Buffer): string {
  // Reviews have no name.
  return (JSON.parse(body.toString()) as { metadata?: { name: string } }).metadata?.name ?? '';
}

function relay(reply: IncomingMessage, answer: ServerResponse): void {
  answer.writeHead(reply.statusCode ?? 500, headersOf(reply.headers));
  answer.flushHeaders();
  reply.on('error', () => answer.destroy());
  reply.pipe(answer);
}

/** Returns the headers of a message, without those of its connection. */
function headersOf(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const ofConnection = ['connection', 'keep-alive', 'transfer-encoding'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofConnection.includes(name)));
}

async function read(
  message: IncomingMessage,
): Promise<{ statusCode?: number; headers: IncomingHttpHeaders; text: Buffer }> {
  const text = await readAll(message);
  return {
    ...(message.statusCode !== undefined && { statusCode: message.statusCode }),
    headers: message.headers,
    text,
  };
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
