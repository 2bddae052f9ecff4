import { type LoggerService } from '@nestjs/common';
import pTimeout from 'p-timeout';

/**
 * How long a worker that is asked to stop may take to finish the passes under way. Less than the ten seconds after
 * which Docker kills; Kubernetes waits thirty.
 */
const STOP_MS = 8_000;
/** How long handing over may take. If the database is away, leases run out. */
const HAND_OVER_MS = 1_000;

/**
 * Ends the process some seconds after a signal, even when a pass waits for something that does not respond. Such a pass
 * is handed over: another worker resumes from the observed state.
 * @param handOver gives back what the process still holds
 */
export function enforceShutdownDeadline(logger: LoggerService, handOver: () => Promise<void>): void {
  const end = async (): Promise<void> => {
    try {
      await pTimeout(handOver(), { milliseconds: HAND_OVER_MS });
      logger.warn('stopped during passes; other workers resume them');
    } catch (error) {
      logger.warn({ err: error }, 'stopped during passes; other workers resume them when their leases run out');
    }
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      setTimeout(() => void end(), STOP_MS).unref();
    });
  }
}
