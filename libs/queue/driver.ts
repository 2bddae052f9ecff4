import { type QueueConfig } from '#config';
import { createPostgresBackend, createRedisBackend, type JobsOptions, withBackend } from 'bullmq';
import { Redis } from 'ioredis';

/** The part of a BullMQ queue that is used here. */
export interface QueueHandle {
  add(name: string, payload: object, options: JobsOptions): Promise<unknown>;
  /** Lets a job of this id be queued beside one that seems to run, for when nobody is known to be at it. */
  releaseActive(deduplicationId: string): Promise<void>;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** The part of a BullMQ worker that is used here. */
export interface WorkerHandle {
  waitUntilReady(): Promise<unknown>;
  run(): Promise<void>;
  close(force?: boolean): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface WorkerSettings {
  concurrency: number;
  /** How long a job stays with a worker that no longer renews it. */
  lockMs: number;
}

export type Processor = (job: { data: unknown }) => Promise<void>;

/** Makes queues and workers on one of the two backends; both behave alike. */
export interface QueueDriver {
  queue(name: string): QueueHandle;
  worker(name: string, process: Processor, settings: WorkerSettings): WorkerHandle;
  /** Makes again what the backend needs and somebody has removed, beneath workers that go on. */
  repair(name: string): Promise<void>;
}

/** Tables of the queue live in a schema of their own, which can be dropped: it only holds wake-ups. */
const POSTGRES_SCHEMA = 'bullmq';

/**
 * Most connections to Postgres of one queue, or of one worker beside the one on which it listens. A process has a dozen of
 * both, and a Postgres of the usual size lets a hundred in. One that waits for an answer must not hold up all.
 */
const MOST_CONNECTIONS = 2;

/** The driver that the configuration names. Opens no connection by itself. */
export function queueDriver(config: QueueConfig): QueueDriver {
  if (config.driver === 'redis') return redisDriver(config.redisUrl);
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const session = {
    // A process that is stopped inside a transaction must not keep its row locks from the others.
    idle_in_transaction_session_timeout: 5_000,
    // A wake-up that a crash of the database takes with it is found again by the sweeper: no need to wait for the disk.
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
      // How long a job stays with a worker that died is reckoned by that worker's clock, which may have been fast.
      const releaseActive = async (id: string): Promise<void> => {
        const jobId = await queue.getDeduplicationJobId(id);
        if (jobId === null || (await queue.getJobState(jobId)) !== 'active') return;
        await queue.removeDeduplicationKey(id);
      };
      return Object.assign(queue, { releaseActive });
    },
    worker: (name, process, settings) => new Worker(name, process, { connection, ...workerOptions(settings) }),
    repair: async (name) => {
      // One that has just been opened migrates the schema.
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
      // Refuses at once while it is not connected, instead of keeping what it is given.
      const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
      const queue = new Queue(name, { connection: redis });
      // The server reckons how long a job stays with its worker.
      return withConnection(Object.assign(queue, { releaseActive: () => Promise.resolve() }), redis);
    },
    worker: (name, process, settings) => {
      // BullMQ demands unlimited retries of a worker's blocking connection.
      const redis = new Redis(url, { maxRetriesPerRequest: null });
      return withConnection(new Worker(name, process, { connection: redis, ...workerOptions(settings) }), redis);
    },
    // An emptied Redis needs nothing.
    repair: () => Promise.resolve(),
  };
}

/** BullMQ leaves a connection open that it was given; here it ends with the queue or worker. */
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
    // How long it waits with the next attempt when the backend refuses connections.
    runRetryDelay: 1_000,
    // A job is only a wake-up; however often its worker dies, it is worth handing on.
    maxStalledCount: 1_000,
  };
}
