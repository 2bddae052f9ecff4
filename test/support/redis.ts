import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

import { Redis } from 'ioredis';

import { freePort } from './program.js';
import { type Missing } from './requirements.js';

/** Why tests with Redis cannot run here; null if they can. */
export const redisMissing: Missing | null =
  spawnSync('redis-server', ['--version']).status === 0
    ? null
    : { reason: 'redis-server is not installed', remedy: 'install Redis (Debian: apt-get install redis-server)' };

/** A separate Redis for one test file, without persistence. */
export interface RedisServer {
  readonly url: string;
  /** Removes all keys. */
  flush(): Promise<void>;
  /** Stops the server and loses all its data. */
  stop(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
}

/** Starts a redis-server on a free port. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let running = await launch(port);
  return {
    url,
    flush: async () => {
      const client = new Redis(url);
      await client.flushall();
      client.disconnect();
    },
    stop: () => running.stop(),
    start: async () => {
      running = await launch(port);
    },
  };
}

async function launch(port: number): Promise<{ stop: () => Promise<void> }> {
  const settings = ['--bind', '127.0.0.1', '--save', '', '--maxmemory-policy', 'noeviction'];
  const server = spawn('redis-server', ['--port', String(port), ...settings]);
  const kill = (): void => void server.kill('SIGKILL');
  process.once('exit', kill);
  let output = '';
  await new Promise<void>((resolve, reject) => {
    server.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('Ready to accept connections')) resolve();
    });
    server.once('exit', () => {
      reject(new Error(`redis-server ended before it was ready:\n${output}`));
    });
  });
  return {
    stop: async () => {
      process.off('exit', kill);
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill();
      await once(server, 'exit');
    },
  };
}
