import { type QueueConfig } from '#config';
import { surviveUnheardErrors } from '#persistence';
import { createPostgresBackend, createRedisBackend, type JobsOptions, withBackend } from 'bullmq';
import { Redis } from 'ioredis';

/** The subset of a BullMQ queue that is used. */
export interface QueueHandle {
  add(name: string, payload: object, options: JobsOptions): Promise<unknown>;
  /** Allows a job to be queued although one with its id is marked active, if no worker is known to process it. */
  releaseActive(deduplicationId: string): Promise<void>;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The subset of a BullMQ worker that is used. */
export interface WorkerHandle {
  waitUntilReady(): Promise<unknown>;
  run(): Promise<void>;
  close(force?: boolean): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface WorkerSettings {
  concurrency: number;
  /** How long a worker keeps a job without renewing its lock. */
  lockMs: number;
}

export type Processor = (job: { data: unknown }) => Promise<void>;

/** Creates queues and workers on one of two backends, which behave alike. */
export interface QueueDriver {
  queue(name: string): QueueHandle;
  worker(name: string, process: Processor, settings: WorkerSettings): WorkerHandle;
  /** Recreates missing tables of the backend while workers keep running. */
  repair(name: string): Promise<void>;
}

/** Schema of the queue's tables. It only contains wake-ups, so it can be dropped. */
const POSTGRES_SCHEMA = 'bullmq';

/**
 * Maximum number of Postgres connections per queue, and per worker in addition to the one on which it listens. A
 * process has a dozen of each, and Postgres accepts a hundred by default. More than one, so that a slow query does not
 * block all.
 */
const MOST_CONNECTIONS = 2;

/** Returns the driver for the configuration. Opens no connection. */
export function queueDriver(config: QueueConfig): QueueDriver {
  if (config.driver === 'redis') return redisDriver(config.redisUrl);
  surviveUnheardErrors();
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const session = {
    // A process that is stopped inside a transaction must not hold its row locks forever.
    idle_in_transaction_session_timeout: 5_000,
    // The sweeper makes up for wake-ups lost in a crash of the database, so do not wait for the disk.
    options: '-c synchronous_commit=off',
  };
  const connection = {
    connectionString: config.databaseUrl,
    schema: POSTGRES_SCHEMA,
    migrate: true,
    max: MOST_CONNECTIONS,
    application_name: 'bulkhead-queue',
    connectionTimeoutMillis: 5_000,
    ...session,
  };
  return {
    queue: (name) => {
      const queue = new Queue(name, { connection });
      // The lock of a dead worker expires by that worker's clock, which can have been fast.
      const releaseActive = async (id: string): Promise<void> => {
        const jobId = await queue.getDeduplicationJobId(id);
        if (jobId === null || (await queue.getJobState(jobId)) !== 'active') return;
        await queue.removeDeduplicationKey(id);
      };
      return Object.assign(queue, { releaseActive });
    },
    worker: (name, process, settings) => new Worker(name, process, { connection, ...workerOptions(settings) }),
    repair: async (name) => {
      // Opening a queue migrates the schema.
      const queue = new Queue(name, { connection });
      queue.on('error', () => undefined);
      try {
        await queue.waitUntilReady();
      } finally {
        await queue.close();
      }
    },
  };
}

function redisDriver(url: string): QueueDriver {
  const { Queue, Worker } = withBackend(createRedisBackend);
  return {
    queue: (name) => {
      // Refuse commands at once while disconnected instead of buffering them.
      const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
      const queue = new Queue(name, { connection: redis });
      // Locks expire by the clock of the server.
      return withConnection(Object.assign(queue, { releaseActive: () => Promise.resolve() }), redis);
    },
    worker: (name, process, settings) => {
      // BullMQ requires unlimited retries on a worker's blocking connection.
      const redis = new Redis(url, { maxRetriesPerRequest: null });
      return withConnection(new Worker(name, process, { connection: redis, ...workerOptions(settings) }), redis);
    },
    // An emptied Redis needs no repair.
    repair: () => Promise.resolve(),
  };
}

/** Closes the connection with the queue or worker; BullMQ leaves connections open that were passed to it. */
function withConnection<Handle extends { close(force?: boolean): Promise<void> }>(
  handle: Handle,
  redis: Redis,
): Handle {
  redis.on('error', () => undefined);
  const close = handle.close.bind(handle);
  handle.close = async (force) => {
    try {
      await close(force);
    } finally {
      redis.disconnect();
    }
  };
  return handle;
}

function workerOptions({ concurrency, lockMs }: WorkerSettings): object {
  return {
    concurrency,
    autorun: false,
    lockDuration: lockMs,
    stalledInterval: Math.ceil(lockMs / 2),
    // Pause between attempts while the backend refuses connections.
    runRetryDelay: 1_000,
    // A job is only a wake-up and harmless to repeat, however often its worker dies.
    maxStalledCount: 1_000,
  };
}
