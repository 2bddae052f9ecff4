import { inject } from 'vitest';

import { newSigningKey } from '../../dev/signing-key.mjs';
import { ApiClient } from './api-client.js';
import { type QueueBackend } from './both-queues.js';
import { createDatabase, type Database } from './database.js';
import { freePort, type Program, runProgram, startProgram } from './program.js';
import { type RedisServer, startRedis } from './redis.js';

export interface BulkheadOptions {
  /** Kubeconfig of the worker; by default that of the shared control plane. */
  kubeconfig?: string;
  /** The backend of the queue; Postgres by default. Redis is started and stopped with the product. */
  queue?: QueueBackend;
  /** Additional environment variables of API and worker. */
  env?: Record<string, string>;
}

/** Limits that count, and that no other test reaches. */
const unlimited = Object.fromEntries(
  ['READS', 'CHANGES', 'CREATIONS', 'FAILED_LOGINS'].map((name) => [`BULKHEAD_${name}_PER_MINUTE`, '1000000']),
);

/** The whole product on a dedicated database: an API, and as many workers as a test starts. */
export class Bulkhead {
  private readonly programs: Program[] = [];

  private constructor(
    readonly api: ApiClient,
    readonly url: string,
    readonly database: Database,
    private readonly env: Record<string, string>,
    /** The Redis of the queue, if it uses one. */
    readonly redis: RedisServer | null,
  ) {}

  static async start(options: BulkheadOptions = {}): Promise<Bulkhead> {
    const database = await createDatabase();
    const redis = options.queue === 'redis' ? await startRedis() : null;
    const url = `http://127.0.0.1:${options.env?.['BULKHEAD_PORT'] ?? (await freePort())}`;
    const env = {
      DATABASE_URL: database.url,
      BULKHEAD_PORT: new URL(url).port,
      BULKHEAD_KUBECONFIG: options.kubeconfig ?? inject('workerKubeconfig'),
      BULKHEAD_LEASE_SECONDS: '3',
      BULKHEAD_REFUSAL_SECONDS: '1',
      ...(redis === null ? {} : { BULKHEAD_QUEUE: 'redis', REDIS_URL: redis.url }),
      ...unlimited,
      BULKHEAD_SIGNING_KEY: newSigningKey(),
      BULKHEAD_POLICY_JUDGE: inject('policyJudge'),
      ...options.env,
    };
    const api = new ApiClient(url, await createKey(env, 'platform-admin'));
    const bulkhead = new Bulkhead(api, url, database, env, redis);
    bulkhead.programs.push(await startProgram('apps/api/src/main.js', env, 'listening on http'));
    return bulkhead;
  }

  /** Starts another worker. */
  async startWorker(env: Record<string, string> = {}): Promise<Program> {
    const worker = await startProgram('apps/worker/src/main.js', { ...this.env, ...env }, 'worker ready');
    this.programs.push(worker);
    return worker;
  }

  /**
   * Starts one more worker, which is connected to several clusters.
   * @param kubeconfigs paths, by the names of the clusters
   */
  async startWorkerOf(kubeconfigs: Record<string, string>, env: Record<string, string> = {}): Promise<Program> {
    const clusters = { BULKHEAD_TEST_CLUSTERS: JSON.stringify(kubeconfigs) };
    const file = '../test/support/worker-of-clusters.mjs';
    const worker = await startProgram(file, { ...this.env, ...clusters, ...env }, 'worker ready');
    this.programs.push(worker);
    return worker;
  }

  /** Starts one more API, and returns a client of it with the same key. */
  async startApi(env: Record<string, string> = {}): Promise<ApiClient> {
    const url = `http://127.0.0.1:${await freePort()}`;
    const api = await startProgram(
      'apps/api/src/main.js',
      { ...this.env, BULKHEAD_PORT: new URL(url).port, ...env },
      'listening on http',
    );
    this.programs.push(api);
    return this.api.at(url);
  }

  /** Runs `bulkhead COMMAND …` to completion, and returns its output. */
  command(...args: string[]): ReturnType<typeof runProgram> {
    return runProgram('apps/api/src/commands/bulkhead.js', args, this.env);
  }

  /** Returns the output of the API so far. */
  apiOutput(): string {
    return this.programs[0]?.output() ?? '';
  }

  /** Creates a key with a role. */
  createKey(role: string, ...args: string[]): Promise<string> {
    return createKey(this.env, role, args);
  }

  async revokeKey(key: string): Promise<void> {
    const args = ['--id', `key_${key.split('_')[1] ?? ''}`];
    const { code, output } = await runProgram('apps/api/src/commands/revoke-api-key.js', args, this.env);
    if (code !== 0) throw new Error(`revoke-api-key ended with ${code}: ${output}`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.stop()));
    await this.redis?.stop();
    await this.database.drop();
  }
}

async function createKey(env: Record<string, string>, role: string, more: string[] = []): Promise<string> {
  const args = ['--name', 'test', '--role', role, ...more];
  const { code, output } = await runProgram('apps/api/src/commands/create-api-key.js', args, env);
  if (code !== 0) throw new Error(`create-api-key ended with ${code}: ${output}`);
  return output.trim();
}

let counter = 0;

/** Returns a slug that no other test uses: all test files share one cluster. */
export function newSlug(word = 'acme'): string {
  counter += 1;
  return `${word}-${process.pid.toString(36)}${Date.now().toString(36)}${counter}`;
}
