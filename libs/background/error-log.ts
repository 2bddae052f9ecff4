import { type Logger } from '@nestjs/common';

/** How often the same kind of error is logged at most. A client without its server can report thousands a second. */
const SILENCE_MS = 5_000;

/** Logs errors that repeat, one of a kind every few seconds. */
export class ErrorLog {
  private readonly loggedAt = new Map<string, number>();

  constructor(private readonly logger: Logger) {}

  /**
   * @param details fields of the log line.
   * @param message says what failed and what happens next.
   */
  warn(error: unknown, details: object, message: string): void {
    const now = performance.now();
    const kind = kindOf(error);
    if (now - (this.loggedAt.get(kind) ?? -Infinity) < SILENCE_MS) return;
    this.loggedAt.set(kind, now);
    this.logger.warn(details, message);
  }
}

/** The code of a system or database error, or its class. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
