import { Loop } from '#background';
import { Clusters } from '#clusters';
import { isAuthorizationFailure, KubeError, KubeUnreachable } from '#kube';
import { idOf, Statements, type Transaction, Transactions } from '#persistence';
import { Injectable, Logger } from '@nestjs/common';
import pMap from 'p-map';
import { DataSource } from 'typeorm';

import { LinkChanges, type LockedLink, lockLink } from '../link-changes.js';
import { type LinkProblem, type LinkSide, linkSides } from '../link-status.js';
import { consumersOf, endedExports, noteExport, noteWithdrawal } from './export-rows.js';
import {
  type ClaimedLook,
  claimLook,
  type DueLink,
  dueLinks,
  dueOf,
  forgetStanding,
  lookLater,
  writeFindings,
} from './link-rows.js';
import { type Findings, lookBehind, serviceName } from './service-behind-link.js';
import { settleExport } from './service-export.js';

/** Maximum delay of an expiry, and of telling one side that the other was suspended. */
const PERIOD_MS = 250;
const BATCH = 200;
const IN_FLIGHT = 8;

/** Period in which the Service of a link is resolved; after failures it is the longest pause. */
const LOOK_PERIOD_MS = 15_000;
/** Refusals in a row before they count: an API server that has just started briefly refuses every request. */
const MOST_REFUSALS = 4;

/** Principal of changes that Bulkhead starts itself. */
const SYSTEM = 'bulkhead';

/**
 * Processes open links: ends those that expire or lose a tenant, resolves their Services, and changes the tenants of
 * links that open or close, so that their next passes render it. Every worker runs it. It is level-triggered: the rows
 * alone determine what to do, so another worker continues when one dies.
 */
@Injectable()
export class LinkDriver {
  private readonly logger = new Logger(LinkDriver.name);
  readonly loop = new Loop({
    name: 'link-driver',
    periodMs: PERIOD_MS,
    run: () => this.look(),
    failed: 'failed to process links; will retry',
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly statements: Statements,
    private readonly clusters: Clusters,
    private readonly transactions: Transactions,
    private readonly changes: LinkChanges,
  ) {}

  private async look(): Promise<void> {
    const due = await dueLinks(this.statements, BATCH);
    await pMap(due, (link) => this.processLink(link), { concurrency: IN_FLIGHT });
    const ended = await endedExports(this.statements, BATCH);
    await pMap(ended, (id) => this.guarded(id, () => this.withdraw(id)), { concurrency: IN_FLIGHT });
  }

  private async processLink({ id, end, look }: DueLink): Promise<void> {
    await this.guarded(id, async () => {
      if (end !== null) await this.end(id, end);
      else if (look) await this.resolve(id);
      else await this.change(id, (transaction, link) => this.tell(transaction, link, false));
    });
  }

  /** Never rejects, so that a failing link does not block the others. */
  private async guarded(id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const known = error instanceof KubeError || error instanceof KubeUnreachable;
      const cause = known ? { reason: error.message } : { err: error };
      this.logger.warn({ linkId: idOf('link', id), ...cause }, 'failed to process a link; will retry');
    }
  }

  private async resolve(id: string): Promise<void> {
    const look = await claimLook(this.dataSource.manager, id);
    if (look === null) return;
    const found = await this.lookBehind(look);
    if (found === null) return;
    const failures = found.problem === null ? 0 : look.failures + 1;
    const problem: LinkProblem | null = found.problem && { ...found.problem, object: serviceName(look) };
    await this.change(id, async (transaction, link) => {
      const written = { resolution: found.resolution, problem, failures };
      const anew = await writeFindings(transaction.manager, id, written, nextLookMs(failures));
      await this.tell(transaction, link, anew);
    });
  }

  /** Returns null if there is no result now; the earlier one then remains. */
  private async lookBehind(look: ClaimedLook): Promise<Findings | null> {
    try {
      const found = await lookBehind(this.clusters.kube, look);
      const problem = found.problem ?? (await this.export(look));
      return problem === null ? found : { resolution: null, problem };
    } catch (error) {
      if (!isAuthorizationFailure(error)) throw error;
      const failures = look.failures + 1;
      if (failures >= MOST_REFUSALS) {
        const message = `The deployer of ${look.namespace} may not read the Service: ${(error as Error).message}.`;
        return { resolution: null, problem: { code: 'ServiceUnreadable', message } };
      }
      await lookLater(this.dataSource.manager, look.id, { failures, inMs: nextLookMs(failures) });
      return null;
    }
  }

  /** Exports the Service to the consumer if the mesh exports Services only on request. */
  private async export(look: ClaimedLook): Promise<Findings['problem']> {
    const byDefault = await this.serviceExports(look);
    if (byDefault === undefined && !look.exported) return null;
    if (!look.exported && !(await noteExport(this.dataSource.manager, look.id))) return null;
    return this.settleExport(look, byDefault);
  }

  private async withdraw(id: string): Promise<void> {
    const { manager } = this.dataSource;
    const look = await claimLook(manager, id, { ended: true });
    if (look === null) return;
    const failures = look.failures + 1;
    await lookLater(manager, id, { failures, inMs: nextLookMs(failures) });
    await this.settleExport(look, await this.serviceExports(look));
    await noteWithdrawal(manager, id);
  }

  private async serviceExports({ clusterId }: ClaimedLook): Promise<readonly string[] | undefined> {
    return (await this.clusters.ready(idOf('cluster', clusterId))).mesh?.serviceExports;
  }

  private settleExport(look: ClaimedLook, byDefault: readonly string[] | undefined): Promise<Findings['problem']> {
    const consumers = (): Promise<string[]> => consumersOf(this.dataSource.manager, look);
    return settleExport(this.clusters.kube, look, { consumers, byDefault });
  }

  /**
   * Changes the sides that are out of date.
   * @param anew true if the link opens differently than before, so that sides that have it change too
   */
  private async tell(transaction: Transaction, link: LockedLink, anew: boolean): Promise<void> {
    const { manager } = transaction;
    const due = await dueOf(manager, link.id);
    const wanted = (side: LinkSide): boolean | null => due?.[side] ?? (anew && link[`${side}Told`] ? true : null);
    const opening = linkSides.filter((side) => wanted(side) === true);
    const closing = linkSides.filter((side) => wanted(side) === false);
    if (closing.length > 0 && !anew) await forgetStanding(manager, link.id);
    await this.changes.notifySides(transaction, link, { sides: closing, open: false, by: SYSTEM });
    const known = { ...link, ...Object.fromEntries(closing.map((side) => [`${side}Told`, false])) };
    await this.changes.notifySides(transaction, known, { sides: opening, open: true, by: SYSTEM });
  }

  private async end(id: string, reason: NonNullable<DueLink['end']>): Promise<void> {
    await this.change(id, (transaction, link) => this.changes.end(transaction, link, { by: SYSTEM, reason }));
  }

  /** Changes a link that is still open. */
  private async change(id: string, work: (transaction: Transaction, link: LockedLink) => Promise<void>): Promise<void> {
    await this.transactions.run(async (transaction) => {
      const link = await lockLink(transaction.manager, id);
      if (link !== null) await work(transaction, link);
    });
  }
}

/** Returns a second after the first failure, then twice as long each time, up to the regular period. */
function nextLookMs(failures: number): number {
  return failures === 0 ? LOOK_PERIOD_MS : Math.min(2 ** (failures - 1) * 1000, LOOK_PERIOD_MS);
}
