import { type QueueConfig } from '#config';
import { createPostgresBackend, createRedisBackend, type JobsOptions, withBackend } from 'bullmq';
import { Redis } from 'ioredis';

/** The part of a BullMQ queue that is used here. */
export interface QueueHandle {
  add(name: string, payload: object, options: JobsOptions): Promise<unknown>;
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
}

/** Tables of the queue live in a schema of their own, which can be dropped: it only holds wake-ups. */
const POSTGRES_SCHEMA = 'bullmq';

/** The driver that the configuration names. Opens no connection by itself. */
export function queueDriver(config: QueueConfig): QueueDriver {
  if (config.driver === 'redis') {
    const { Queue, Worker } = withBackend(createRedisBackend);
    // BullMQ demands unlimited retries of a worker's blocking connection.
    const connect = (): Redis => new Redis(config.redisUrl, { maxRetriesPerRequest: null, lazyConnect: false });
    return {
      queue: (name) => new Queue(name, { connection: connect() }),
      worker: (name, process, settings) =>
        new Worker(name, process, { connection: connect(), ...workerOptions(settings) }),
    };
  }
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
    max: 4,
    ...session,
  };
  return {
    queue: (name) => new Queue(name, { connection }),
    worker: (name, process, settings) => new Worker(name, process, { connection, ...workerOptions(settings) }),
  };
}

function workerOptions({ concurrency, lockMs }: WorkerSettings): object {
  return {
    concurrency,
    autorun: false,
    lockDuration: lockMs,
    stalledInterval: Math.ceil(lockMs / 2),
    // A job is only a wake-up; however often its worker dies, it is worth handing on.
    maxStalledCount: 1_000,
  };
}
