/** Ends a pass before its work is done. Its writes to the cluster are repeatable; it makes no more of them. */
export abstract class PassEnded extends Error {
  /** The pass's outcome in metrics. */
  abstract readonly outcome: string;
  /**
   * How long requests that are under way can take to end, in milliseconds. By default as long as any can: one that is
   * aborted can still reach the cluster, after what the next holder of the lease writes.
   */
  readonly graceMs: number = 20_000;
}

/** The lease went to another holder. */
export class LeaseLost extends PassEnded {
  override readonly name = 'LeaseLost';
  readonly outcome = 'lease-lost';
}

/** The process is stopping: another worker can continue at once. */
export class PassHandedOver extends PassEnded {
  override readonly name = 'PassHandedOver';
  readonly outcome = 'handed-over';
  // Nobody is waiting for the pass to end, and the process has ten seconds in all.
  override readonly graceMs = 5_000;
}

/** The operation was cancelled. */
export class PassCancelled extends PassEnded {
  override readonly name = 'PassCancelled';
  readonly outcome = 'cancelled';
}

/** The desired state has changed since the pass read it. */
export class PassSuperseded extends PassEnded {
  override readonly name = 'PassSuperseded';
  readonly outcome = 'superseded';
}
