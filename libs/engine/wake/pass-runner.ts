import { ErrorLog, Loop } from '#background';
import { Clusters } from '#clusters';
import { classify } from '#problems';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

import { type BegunPass, Reconciler } from '../reconcile/reconciler.js';
import { DriftCheck } from './drift-check.js';
import { Slots } from './slots.js';
import { type Priority, type Work, WorkQueue } from './work-queue.js';

/** Injection token of the most passes that are under way at the same time, apart from urgent ones and those for drift. */
export const CONCURRENCY = Symbol('Concurrency');

/** Passes beyond those of ordinary work, so that no backlog delays an emergency or the healing of drift. */
const [MOST_URGENT, MOST_FOR_DRIFT] = [4, 8];
/** When to ask for a lease again that another worker holds. Its pass learns of an urgent change, and ends early. */
const HELD_MS = { urgent: 20, drift: 300 };
/** How long urgent work asks again; after that, the other worker's pass finds at its end what has changed. */
const URGENT_PATIENCE_MS = 2_000;
/** How long a tenant that is only due stays behind changed ones. */
const DUE_PATIENCE_MS = 30_000;
/** When to try again what failed without a pass. */
const FAILED_MS = 1_000;

/** What follows work on a tenant. */
interface Result {
  /** In how many milliseconds the tenant has to be looked at again; null: not before the next request. */
  nextIn: number | null;
  /** True if there was a pass. */
  passed: boolean;
}

/**
 * Makes the passes of a worker: over tenants that somebody asked for (`WorkQueue`), and over changed ones that the
 * dispatcher took from the table. Each kind of work has slots of its own, of which no cluster can take all.
 */
@Injectable()
export class PassRunner implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(PassRunner.name);
  /** Failures that pass: while a database is away, every tenant has one. */
  private readonly passing = new ErrorLog(this.logger);
  private readonly queue = new WorkQueue();
  private readonly passes = new Set<Promise<void>>();
  private readonly slots: Readonly<Record<Priority, Slots>>;
  /** Called when the work that they wait for has ended. */
  private readonly callers = new Map<string, (() => void)[]>();
  private readonly listeners: ((since: number) => void)[] = [];
  private isStopped = false;
  private backlog = false;
  readonly loop = new Loop({
    name: 'pass-runner',
    periodMs: null,
    run: () => {
      this.beginWork();
      return Promise.resolve();
    },
    failed: 'failed to begin passes; will retry',
  });

  constructor(
    private readonly reconciler: Reconciler,
    private readonly drift: DriftCheck,
    clusters: Clusters,
    @Inject(CONCURRENCY) concurrency: number,
  ) {
    const ids = (): readonly string[] => clusters.ids;
    const ordinary = new Slots(concurrency, ids);
    this.slots = {
      urgent: new Slots(MOST_URGENT, ids),
      changed: ordinary,
      drift: new Slots(MOST_FOR_DRIFT, ids),
      due: ordinary,
    };
  }

  /** Asks for a pass over a tenant, changed or not. Resolves when it has ended; never rejects. */
  reconcile(tenantId: string, priority: 'urgent' | 'due'): Promise<void> {
    if (this.isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.callers.set(tenantId, [...(this.callers.get(tenantId) ?? []), resolve]);
      this.ask({ tenantId, priority, clusterId: null, onlyIfDrifted: false });
    });
  }

  /**
   * Asks for a pass over a tenant, should somebody have changed its objects.
   * @param clusterId where something happened
   */
  suspectDrift(tenantId: string, clusterId: string): void {
    this.ask({ tenantId, priority: 'drift', clusterId, onlyIfDrifted: true });
  }

  /** True if more changed tenants wait than there was room for; tenants that are only due stay behind them. */
  get hasBacklog(): boolean {
    return this.backlog;
  }

  set hasBacklog(has: boolean) {
    if (this.backlog && !has && this.queue.size > 0) this.loop.within(0);
    this.backlog = has;
  }

  /** Free slots for passes over changed tenants of a cluster; null: of a cluster that is not known yet. */
  roomForChanged(clusterId: string | null): number {
    return this.slots.changed.roomFor(clusterId);
  }

  /** Takes over a pass that has begun. Never rejects. */
  follow({ tenantId, clusterId, ended }: BegunPass): void {
    this.slots.changed.take(clusterId);
    this.queue.start(tenantId);
    this.track(async () => {
      const since = performance.now();
      try {
        await ended;
      } catch (error) {
        this.logFailure(tenantId, error);
      }
      this.slots.changed.giveBack(clusterId);
      this.end(tenantId);
      this.tellListeners(since);
    });
  }

  /** @param listener called after each pass, with the time of its beginning (monotonic clock, in ms) */
  onEnd(listener: (since: number) => void): void {
    this.listeners.push(listener);
  }

  /** Begins nothing more. Jobs that wait for work that has not begun end; the tenants stay due. */
  onModuleDestroy(): void {
    this.isStopped = true;
    for (const tenantId of this.callers.keys()) if (!this.queue.isActive(tenantId)) this.tellCallers(tenantId);
  }

  /** Waits for passes under way while the database is still open. */
  async beforeApplicationShutdown(): Promise<void> {
    this.onModuleDestroy();
    await this.loop.stop();
    await Promise.allSettled(this.passes);
  }

  private ask(work: Pick<Work, 'tenantId' | 'priority' | 'clusterId' | 'onlyIfDrifted'>): void {
    if (this.isStopped) return;
    const now = performance.now();
    this.queue.add({ ...work, notBefore: now, askedAt: now });
    if (work.priority === 'urgent') this.beginWork();
    else this.loop.within(0);
  }

  private beginWork(): void {
    if (this.isStopped) return;
    const now = performance.now();
    this.queue.take(
      now,
      (work) => this.mayBegin(work, now),
      (work) => {
        this.begin(work);
      },
    );
    const nextAt = this.queue.nextAt(now);
    if (nextAt !== Infinity) this.loop.within(nextAt - now);
  }

  private mayBegin({ priority, clusterId, askedAt }: Work, now: number): boolean {
    if (priority === 'due' && this.hasBacklog && now - askedAt < DUE_PATIENCE_MS) return false;
    return this.slots[priority].roomFor(clusterId) > 0;
  }

  private begin(work: Work): void {
    const { tenantId, priority } = work;
    const slots = this.slots[priority];
    let cluster = work.clusterId;
    slots.take(cluster);
    this.track(async () => {
      const since = performance.now();
      const { nextIn, passed } = await this.carryOut(work, (clusterId) => {
        slots.giveBack(cluster);
        slots.take(clusterId);
        cluster = clusterId;
      });
      slots.giveBack(cluster);
      if (nextIn !== null) {
        // What others asked for, if anything, the holder of the lease does; what is left is to look for drift.
        const onlyIfDrifted = priority === 'drift';
        this.queue.add({ ...work, onlyIfDrifted, notBefore: performance.now() + nextIn });
      }
      this.end(tenantId);
      if (passed) this.tellListeners(since);
    });
  }

  /**
   * Never rejects.
   * @param placed called with the tenant's cluster when a pass over it begins
   */
  private async carryOut(work: Work, placed: (clusterId: string) => void): Promise<Result> {
    const { tenantId, priority } = work;
    let begun: BegunPass | null = null;
    try {
      if (work.onlyIfDrifted) {
        const { hasDrifted, nextIn } = await this.drift.look(tenantId);
        if (!hasDrifted) return { nextIn, passed: false };
      }
      begun = await this.reconciler.begin(tenantId, { urgent: priority === 'urgent' });
      if (begun === null) return { nextIn: this.pauseWhileHeld(work), passed: false };
      placed(begun.clusterId);
      await begun.ended;
      return { nextIn: null, passed: true };
    } catch (error) {
      this.logFailure(tenantId, error);
      return { nextIn: begun === null && priority === 'drift' ? FAILED_MS : null, passed: begun !== null };
    }
  }

  private pauseWhileHeld({ priority, askedAt }: Work): number | null {
    if (priority === 'drift') return HELD_MS.drift;
    return priority === 'urgent' && performance.now() - askedAt < URGENT_PATIENCE_MS ? HELD_MS.urgent : null;
  }

  private track(work: () => Promise<void>): void {
    const pass = work().finally(() => this.passes.delete(pass));
    this.passes.add(pass);
  }

  private end(tenantId: string): void {
    this.queue.end(tenantId);
    if (this.isStopped || !this.queue.isWaiting(tenantId)) this.tellCallers(tenantId);
    if (this.queue.size > 0) this.loop.within(0);
  }

  private tellListeners(since: number): void {
    for (const listener of this.listeners) listener(since);
  }

  private tellCallers(tenantId: string): void {
    for (const tell of this.callers.get(tenantId) ?? []) tell();
    this.callers.delete(tenantId);
  }

  private logFailure(tenantId: string, error: unknown): void {
    const details = { err: error, tenantId };
    if (classify(error).class === 'passing') this.passing.warn(error, details, 'a pass failed; it is made again');
    else this.logger.error(details, 'a pass failed');
  }
}
