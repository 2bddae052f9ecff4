import { performance } from 'node:perf_hooks';

import { type OperationStep } from '#tenancy';

/** A step that failed, and why. Thrown once every step that ran beside it has ended. */
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

/** The steps of an operation over all its passes: one entry an object and verb, with its attempts. */
export class StepLog {
  private readonly steps: Map<string, OperationStep>;

  constructor(earlier: readonly OperationStep[]) {
    this.steps = new Map(earlier.map((step) => [`${step.name} ${step.object}`, step]));
  }

  /** Runs one step and writes down how it went. */
  async run<T>(
    name: OperationStep['name'],
    target: { object: string; kind: string },
    work: () => Promise<T>,
  ): Promise<T> {
    const key = `${name} ${target.object}`;
    const attempts = (this.steps.get(key)?.attempts ?? 0) + 1;
    const startedAt = performance.now();
    const note = (state: OperationStep['state'], error: string | null): void => {
      const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
      this.steps.set(key, { name, object: target.object, state, attempts, durationMs, error });
    };
    try {
      const result = await work();
      note('succeeded', null);
      return result;
    } catch (error) {
      note('failed', error instanceof Error ? error.message : String(error));
      throw new StepFailed(target.object, target.kind, error);
    }
  }

  /** All steps so far, in the order of their first attempt. */
  all(): OperationStep[] {
    return [...this.steps.values()];
  }
}
