/** Starts processes and ends all of them, in order. */
export class Supervisor {
  /** Rejects when a process ends unexpectedly. */
  readonly failed: Promise<never>;
  readonly stopping: boolean;
  /** Runs a command to completion. */
  run(options: {
    command: string;
    args?: string[];
    env?: NodeJS.ProcessEnv;
    cwd?: string;
    onLine?: (line: string) => void;
  }): Promise<{ code: number; output: string; errors: string }>;
  /** Stops everything in order and waits. */
  stopAll(): Promise<void>;
}
