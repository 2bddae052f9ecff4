import { deduplicationIdOf, type JobName, type JobPayload } from './job-catalog.js';

type Handle<Name extends JobName> = (payload: JobPayload<Name>) => Promise<void>;

/** Jobs that wait here at most: what two sweeps find. More are refused, and found again by a later sweep. */
const MOST_WAITING = 1_000;

/**
 * Does jobs in the process that wanted to queue them, while the queue is away. Only a process that takes such jobs
 * from the queue anyway does so, and no more at a time than it takes from there.
 */
export class DirectWork {
  private readonly handlers = new Map<JobName, { handle: Handle<JobName>; concurrency: number }>();
  private readonly waiting = new Map<string, { name: JobName; payload: JobPayload<JobName> }>();
  private readonly running = new Set<Promise<void>>();
  private isStopped = false;

  /** @param handle must not reject. */
  handleWith<Name extends JobName>(name: Name, concurrency: number, handle: Handle<Name>): void {
    this.handlers.set(name, { handle, concurrency });
  }

  /** Whether the job will be done here. Two that wait under one id are one. */
  offer<Name extends JobName>(name: Name, payload: JobPayload<Name>): boolean {
    if (this.isStopped || !this.handlers.has(name)) return false;
    const key = `${name} ${deduplicationIdOf(name, payload)}`;
    if (!this.waiting.has(key) && this.waiting.size >= MOST_WAITING) return false;
    this.waiting.set(key, { name, payload });
    this.proceed();
    return true;
  }

  /** Begins no job any more, and waits for those in hand. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.waiting.clear();
    await Promise.allSettled(this.running);
  }

  private proceed(): void {
    for (const [key, { name, payload }] of this.waiting) {
      const handler = this.handlers.get(name);
      if (handler === undefined || this.running.size >= handler.concurrency) return;
      this.waiting.delete(key);
      const job = handler.handle(payload).finally(() => {
        this.running.delete(job);
        this.proceed();
      });
      this.running.add(job);
    }
  }
}
