import { KubeUnreachable } from '#kube';

/** Probes in a row without an answer that make a cluster unreachable: a lost connection alone does not. */
const FAILED_PROBES = 2;
const SECOND_PROBE_MS = 200;
/** Pause between the probes of an unreachable cluster. */
const PROBE_PERIOD_MS = 1_000;

/**
 * Remembers that a cluster does not answer, so that callers fail at once instead of each waiting for its own timeout.
 * Probes are sent only after a request got no answer, and until the cluster answers again.
 */
export class Reachability {
  private error: KubeUnreachable | null = null;
  /** Whether a probe is under way or scheduled. */
  private isProbing = false;
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;

  /**
   * @param probe asks the API server for something cheap; throws KubeUnreachable when there is no answer in time
   * @param changed reports that the cluster became unreachable, with the reason, or reachable again (null)
   */
  constructor(
    private readonly probe: () => Promise<unknown>,
    private readonly changed: (reason: string | null) => void,
  ) {}

  /** Finds out whether the cluster still answers, because a request got no answer. */
  suspect(): void {
    if (this.isProbing || this.isClosed) return;
    this.isProbing = true;
    void this.probeOnce(0);
  }

  /** @throws KubeUnreachable while the cluster is known not to answer */
  assertReachable(): void {
    if (this.error !== null) throw this.error;
  }

  /** Ends probing. */
  close(): void {
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** @param before probes in a row before this one that got no answer */
  private async probeOnce(before: number): Promise<void> {
    const error = await this.failureOfProbe();
    if (this.isClosed) return;
    if (error === null) {
      if (this.error !== null) this.changed(null);
      [this.error, this.isProbing] = [null, false];
      return;
    }
    const failures = before + 1;
    if (failures >= FAILED_PROBES) {
      if (this.error === null) this.changed(error.message);
      this.error = error;
    }
    const pauseMs = failures < FAILED_PROBES ? SECOND_PROBE_MS : PROBE_PERIOD_MS;
    this.timer = setTimeout(() => void this.probeOnce(failures), pauseMs);
  }

  /** Null when there was an answer, even a refusal. */
  private async failureOfProbe(): Promise<KubeUnreachable | null> {
    try {
      await this.probe();
      return null;
    } catch (error) {
      return error instanceof KubeUnreachable ? error : null;
    }
  }
}
