import { Loop } from '#background';
import { type IsolationReport, type SigningKey } from '#certificates';
import { DeletionCertificates, Leases } from '#engine';
import { UnrenderableTenant } from '#isolation';
import { KubeError, KubeUnreachable, MissingTrialRights } from '#kube';
import { type IsolationFindings } from '#tenancy';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { ProverUnguarded } from './examine-tenant.js';
import { Reporter } from './reporter.js';
import { type ClaimedRun, Runs } from './runs.js';

/** How often the database is asked for runs whose wake-up was lost, and for scheduled ones. */
const PERIOD_MS = 2_000;
const SCHEDULE_PERIOD_MS = 60_000;
/** How long a run waits for a tenant whose changes are not settled. */
const PATIENCE_MS = 300_000;

/** Runs requested and scheduled isolation checks. One at a time: each sends thousands of requests. */
@Injectable()
export class Prover {
  private readonly logger = new Logger(Prover.name);
  readonly loop = new Loop({
    name: 'prover',
    periodMs: PERIOD_MS,
    run: (stopping) => this.work(stopping),
    failed: 'failed to look for isolation checks; will retry',
  });
  private scheduledAt = -Infinity;
  /** Ids of requested runs, which come first. */
  private asked: string[] = [];

  constructor(
    private readonly dataSource: DataSource,
    private readonly runs: Runs,
    private readonly leases: Leases,
    private readonly reporter: Reporter,
    private readonly certificates: DeletionCertificates,
  ) {}

  /** Runs one isolation check, unless another worker has it. Failures are logged, and stored on the run. */
  prove(checkId: string): Promise<void> {
    this.asked.push(checkId);
    return this.loop.now();
  }

  /** Makes the requested runs; without any, all that wait or are scheduled. */
  private async work(stopping: AbortSignal): Promise<void> {
    const asked = this.asked.splice(0);
    for (const id of asked) await this.makeRuns(stopping, id);
    if (asked.length > 0) return;
    if (performance.now() > this.scheduledAt + SCHEDULE_PERIOD_MS) {
      this.scheduledAt = performance.now();
      await this.runs.schedule();
    }
    await this.makeRuns(stopping, null);
  }

  private async makeRuns(stopping: AbortSignal, id: string | null): Promise<void> {
    while (!stopping.aborted) {
      const run = await this.runs.claim(id);
      if (run === null) return;
      await this.attempt(run, stopping);
    }
  }

  private async attempt(run: ClaimedRun, stopping: AbortSignal): Promise<void> {
    try {
      const isOver = await this.run(run);
      if (isOver) return;
      if (run.ageMs < PATIENCE_MS) await this.runs.putBack(run.id, 'later');
      else await this.runs.fail(run.id, 'The tenant kept changing during the check; no result.');
    } catch (error) {
      if (stopping.aborted) {
        // Its connections were cut off, which tells nothing about the tenant.
        await this.runs.putBack(run.id, 'now');
        return;
      }
      const isKnown = [KubeError, KubeUnreachable, MissingTrialRights, ProverUnguarded, UnrenderableTenant].some(
        (known) => error instanceof known,
      );
      const cause = isKnown ? {} : { err: error };
      this.logger.warn({ checkId: run.id, tenantId: run.tenantId, ...cause }, 'an isolation check failed to run');
      await this.runs.fail(
        run.id,
        isKnown ? (error as Error).message : 'Internal error; the log of the worker has it.',
      );
    }
  }

  /** @returns false when changes of the tenant are not settled, so that there is no result yet. */
  private async run({ id, tenantId }: ClaimedRun): Promise<boolean> {
    const tenant = await this.leases.look(this.dataSource.manager, tenantId);
    if (tenant === null || tenant.deletionRequested) {
      await this.runs.fail(id, 'The tenant was deleted.');
      return true;
    }
    if (tenant.observedGeneration !== tenant.generation) return false;
    const report = await this.reporter.report(id, tenant);
    const key = await this.certificates.signingKey();
    return this.runs.finish(report, findingsOf(report), key === null ? null : await signed(key, report));
  }
}

/** The failed checks, by the condition that they make False; null if none failed. */
function findingsOf({ checks }: IsolationReport): IsolationFindings | null {
  const failed = checks.filter(({ status }) => status === 'fail');
  const findings: IsolationFindings = {};
  for (const { id, condition } of failed) findings[condition] = [...(findings[condition] ?? []), id].sort();
  return failed.length === 0 ? null : findings;
}

async function signed(key: SigningKey, report: IsolationReport): Promise<{ keyId: string; jws: string }> {
  return { keyId: key.id, jws: await key.sign(report) };
}
