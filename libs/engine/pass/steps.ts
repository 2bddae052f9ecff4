import { performance } from 'node:perf_hooks';

import { cutText } from '#persistence';
import { type FailureCause, type OperationStep } from '#tenancy';

import { PassEnded } from '../lease/pass-ended.js';
import { diagnose } from './diagnosis.js';

/** A step that failed, and why. Thrown once all concurrent steps have ended. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';

  constructor(
    readonly object: string,
    readonly kind: string,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Steps that an operation keeps; the oldest are dropped first. */
export const MOST_STEPS = 1_000;

const interrupted = {
  state: 'failed',
  error: 'The worker stopped before the step ended.',
  cause: { code: 'Interrupted', reason: null, httpStatus: null },
} as const satisfies Partial<OperationStep>;

/** The steps of an operation over all its passes: one entry for each object and verb, with its attempts. */
export class StepLog {
  private readonly steps: Map<string, OperationStep>;
  private dropped = 0;
  private changes = 0;

  /** @param earlier steps of earlier passes */
  constructor(earlier: readonly OperationStep[]) {
    this.steps = new Map(
      earlier.map((step) => [
        stepKey(step.name, step.object),
        step.state === 'running' && step.name !== 'wait' ? { ...step, ...interrupted } : step,
      ]),
    );
  }

  /** Raised by every change of the log. */
  get revision(): number {
    return this.changes;
  }

  /** Runs one step and records its progress. */
  async run<T>(
    name: OperationStep['name'],
    target: { object: string; kind: string },
    work: () => Promise<T>,
  ): Promise<T> {
    const { object } = target;
    const attempts = (this.steps.get(stepKey(name, object))?.attempts ?? 0) + 1;
    const [startedAt, start] = [new Date().toISOString(), performance.now()];
    const record = (state: OperationStep['state'], error: string | null, cause: FailureCause | null): void => {
      const durationMs = Math.round((performance.now() - start) * 10) / 10;
      this.write({ name, object, state, attempts, durationMs, error, startedAt, cause });
    };
    record('running', null, null);
    try {
      const result = await work();
      record('succeeded', null, null);
      return result;
    } catch (error) {
      const cause = error instanceof PassEnded ? interrupted.cause : diagnose(error).cause;
      record('failed', cutText(messageOf(error)), cause);
      throw new StepFailed(object, target.kind, error);
    }
  }

  /**
   * Records what the pass waits for. Waits of earlier passes that this one does not repeat have ended.
   * @param awaited null if it waits for nothing
   */
  waitFor(awaited: { object: string; code: string; message: string } | null): void {
    const now = Date.now();
    const lasted = ({ startedAt }: OperationStep): number => now - Date.parse(startedAt ?? new Date(now).toISOString());
    for (const step of [...this.steps.values()]) {
      if (step.name !== 'wait' || step.state !== 'running' || step.object === awaited?.object) continue;
      this.write({ ...step, state: 'succeeded', durationMs: lasted(step), error: null, cause: null });
    }
    if (awaited === null) return;
    const { object, code, message } = awaited;
    const before = this.steps.get(stepKey('wait', object));
    const begun = before?.state === 'running' ? before : null;
    this.write({
      name: 'wait',
      object,
      state: 'running',
      attempts: (before?.attempts ?? 0) + 1,
      durationMs: begun === null ? 0 : lasted(begun),
      error: cutText(message),
      startedAt: begun?.startedAt ?? new Date(now).toISOString(),
      cause: { code, reason: null, httpStatus: null },
    });
  }

  /** The newest steps, in the order of their first attempt. */
  all(): OperationStep[] {
    return [...this.steps.values()];
  }

  /** Returns the number of steps dropped since the last call. */
  takeDropped(): number {
    const { dropped } = this;
    this.dropped = 0;
    return dropped;
  }

  private write(step: OperationStep): void {
    this.changes += 1;
    this.steps.set(stepKey(step.name, step.object), step);
    const [oldest] = this.steps.keys();
    if (this.steps.size <= MOST_STEPS || oldest === undefined) return;
    this.steps.delete(oldest);
    this.dropped += 1;
  }
}

function stepKey(name: OperationStep['name'], object: string): string {
  return `${name} ${object}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
