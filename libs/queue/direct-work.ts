import { deduplicationIdOf, type JobName, type JobPayload } from './job-catalog.js';

type Handle<Name extends JobName> = (payload: JobPayload<Name>) => Promise<void>;

/** Maximum number of waiting jobs: the yield of two sweeps. More are refused, and a later sweep finds them again. */
const MOST_WAITING = 1_000;

/**
 * Runs jobs in the process that wanted to queue them while the queue is unavailable. Only for processes that consume
 * such jobs anyway, with the same concurrency.
 */
export class DirectWork {
  private readonly handlers = new Map<JobName, { handle: Handle<JobName>; concurrency: number }>();
  private readonly waiting = new Map<string, { name: JobName; payload: JobPayload<JobName> }>();
  private readonly running = new Set<{ name: JobName; ended: Promise<void> }>();
  private isStopped = false;

  /** @param handle must not reject. */
  handleWith<Name extends JobName>(name: Name, concurrency: number, handle: Handle<Name>): void {
    this.handlers.set(name, { handle, concurrency });
  }

  /** Accepts a job unless it cannot run here; true if accepted. Waiting jobs with the same id are merged. */
  offer<Name extends JobName>(name: Name, payload: JobPayload<Name>): boolean {
    if (this.isStopped || !this.handlers.has(name)) return false;
    const key = `${name} ${deduplicationIdOf(name, payload)}`;
    if (!this.waiting.has(key) && this.waiting.size >= MOST_WAITING) return false;
    this.waiting.set(key, { name, payload });
    this.proceed();
    return true;
  }

  /** Starts no further job and waits for the running ones. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.waiting.clear();
    await Promise.all([...this.running].map(({ ended }) => ended));
  }

  private proceed(): void {
    for (const [key, { name, payload }] of this.waiting) {
      const handler = this.handlers.get(name);
      // Every kind of job has places of its own: a slow one must not hold up another.
      if (handler === undefined || this.runningOf(name) >= handler.concurrency) continue;
      this.waiting.delete(key);
      const ended = handler.handle(payload).finally(() => {
        this.running.delete(job);
        this.proceed();
      });
      const job = { name, ended };
      this.running.add(job);
    }
  }

  private runningOf(name: JobName): number {
    return [...this.running].filter((job) => job.name === name).length;
  }
}
