import { type LoggerService } from '@nestjs/common';

/**
 * How long a worker that is asked to stop may take to finish the passes under way. Less than the ten seconds after
 * which Docker kills; Kubernetes waits thirty.
 */
const STOP_MS = 8_000;

/**
 * Ends the process some seconds after a signal, even when a pass waits for an API server, or a client for a queue, that
 * does not respond. Such a pass is handed over: its lease runs out, and another worker resumes from the observed state.
 */
export function enforceShutdownDeadline(logger: LoggerService): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      const deadline = setTimeout(() => {
        logger.warn('stopped during passes; another worker resumes them when their leases run out');
        process.exit(0);
      }, STOP_MS);
      deadline.unref();
    });
  }
}
