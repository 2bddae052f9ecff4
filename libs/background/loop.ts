import { newGauge } from '#telemetry';
import { Logger } from '@nestjs/common';

import { ErrorLog } from './error-log.js';
import { type LoopName } from './loop-catalog.js';

export interface LoopSettings {
  name: LoopName;
  /** From the end of a run to the beginning of the next, in ms; null: a run is asked for by `within` or `now`. */
  periodMs: number | null;
  /** Time of the first run after `start`, in ms; the period if absent. */
  firstInMs?: number;
  /** Called once, by `start`, before any run. */
  onStart?: () => void;
  /**
   * One run. It may take as long as it needs, since runs never overlap.
   * @param stopping is aborted when the loop stops; a long run then ends early.
   */
  run: (stopping: AbortSignal) => Promise<void>;
  /** Log message of a run that rejected: says what was not done. */
  failed: string;
  /** Fields of that log line; the error itself if absent. */
  details?: (error: unknown) => object;
}

/** Seconds since the epoch, by name. */
const lastSuccess = new Map<LoopName, number>();

newGauge(
  {
    name: 'bulkhead_loop_last_success_timestamp_seconds',
    help: 'When a background loop last ran without an error; before its first run, when it started.',
    labels: ['loop'],
  },
  async (gauge) => {
    for (const [loop, seconds] of lastSuccess) gauge.set({ loop }, seconds);
    return Promise.resolve();
  },
);

/**
 * Repeats something in the background: every so often, and when asked. Runs never overlap. A run that fails is logged,
 * and the next one follows. `stop` waits for the run under way.
 */
export class Loop {
  readonly name: LoopName;
  private readonly logger: Logger;
  private readonly errors: ErrorLog;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | null = null;
  /** When `timer` goes off: monotonic clock, in ms. */
  private dueAt = Infinity;
  private running: Promise<void> | null = null;
  /** The run that begins when the one under way has ended. */
  private following: Promise<void> | null = null;
  private isStarted = false;

  constructor(private readonly settings: LoopSettings) {
    this.name = settings.name;
    this.logger = new Logger(`Loop ${settings.name}`);
    this.errors = new ErrorLog(this.logger);
  }

  /** Starts the period. Does nothing when called again. */
  start(): void {
    if (this.isStarted || this.stopping.signal.aborted) return;
    this.isStarted = true;
    this.noteSuccess();
    const { onStart, firstInMs, periodMs } = this.settings;
    onStart?.();
    const first = firstInMs ?? periodMs;
    if (first !== null) this.within(first);
  }

  /** Begins a run in so many milliseconds at the latest. */
  within(ms: number): void {
    const at = performance.now() + Math.max(0, ms);
    if (this.stopping.signal.aborted || at >= this.dueAt) return;
    this.clearTimer();
    this.dueAt = at;
    this.timer = setTimeout(() => void this.now(), Math.max(0, ms));
  }

  /**
   * Runs now, or again after the run under way, which may have begun too early to see what the caller saw. Callers
   * that wait for the same run share it. Never rejects.
   */
  now(): Promise<void> {
    if (this.stopping.signal.aborted) return Promise.resolve();
    if (this.running === null) return this.begin();
    this.following ??= this.running.then(() => {
      this.following = null;
      return this.now();
    });
    return this.following;
  }

  /** Begins no further run, and resolves when the one under way has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.clearTimer();
    await this.running;
  }

  private begin(): Promise<void> {
    this.clearTimer();
    this.running = this.run().finally(() => {
      this.running = null;
      const { periodMs } = this.settings;
      if (this.isStarted && periodMs !== null) this.within(periodMs);
    });
    return this.running;
  }

  private async run(): Promise<void> {
    const { run, failed, details } = this.settings;
    try {
      await run(this.stopping.signal);
      this.noteSuccess();
    } catch (error) {
      this.errors.warn(error, details?.(error) ?? { err: error }, failed);
    }
  }

  private noteSuccess(): void {
    lastSuccess.set(this.name, Date.now() / 1000);
  }

  private clearTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.dueAt = Infinity;
  }
}
