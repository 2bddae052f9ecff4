import { Loop } from '#background';
import { Clusters, type ClusterSession } from '#clusters';
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
  forgetInForce,
  lookLater,
  writeFindings,
} from './link-rows.js';
import { type Findings, resolveService, serviceName } from './service-behind-link.js';
import { amongOthers } from './selectors-of-links.js';
import { settleExport } from './service-export.js';

/** Maximum delay of an expiry, and of notifying one side of a suspension of the other. */
const PERIOD_MS = 250;
const BATCH = 200;
const IN_FLIGHT = 8;

/** How often the Service of an open link is resolved, and the maximum pause for one that cannot be resolved. */
const LOOK_PERIOD_MS = 15_000;
/** Refusals in a row before they count: an API server that has just started refuses everyone for a moment. */
const MOST_REFUSALS = 4;

/** Principal of changes that Bulkhead starts itself. */
const SYSTEM = 'bulkhead';

/**
 * Drives open links: ends those that expire or lose a tenant, resolves their Services, and changes the tenants of links
 * that open or close, so that their next passes render it. Runs in every worker. Level-triggered: the work follows from
 * the rows alone, so another worker continues after one that died.
 */
@Injectable()
export class LinkDriver {
  private readonly logger = new Logger(LinkDriver.name);
  readonly loop = new Loop({
    name: 'link-driver',
    periodMs: PERIOD_MS,
    run: () => this.look(),
    failed: 'failed to process links; they are retried',
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
      else await this.change(id, (transaction, link) => this.notify(transaction, link, false));
    });
  }

  /** Logs the error of one link, so that it does not hold up the others. */
  private async guarded(id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const known = error instanceof KubeError || error instanceof KubeUnreachable;
      const cause = known ? { reason: error.message } : { err: error };
      this.logger.warn({ linkId: idOf('link', id), ...cause }, 'failed to process a link; it is retried');
    }
  }

  private async resolve(id: string): Promise<void> {
    const look = await claimLook(this.dataSource.manager, id);
    if (look === null) return;
    const found = await this.findingsOf(look);
    if (found === null) return;
    await this.change(id, async (transaction, link) => {
      // Both tenants are locked, so no other link of the provider is resolved meanwhile.
      const fitting = await amongOthers(transaction.manager, look, found);
      const failures = fitting.problem === null ? 0 : look.failures + 1;
      const problem: LinkProblem | null = fitting.problem && { ...fitting.problem, object: serviceName(look) };
      const written = { resolution: fitting.resolution, problem, failures };
      const anew = await writeFindings(transaction.manager, look, written, nextLookMs(failures));
      await this.notify(transaction, link, anew);
    });
  }

  /** Null if there is no result yet; the last one is kept then. */
  private async findingsOf(look: ClaimedLook): Promise<Findings | null> {
    try {
      const session = await this.sessionOf(look);
      const found = await resolveService(session.kube, look);
      const problem = found.problem ?? (await this.export(session, look));
      return problem === null ? found : { resolution: null, problem };
    } catch (error) {
      if (!isAuthorizationFailure(error)) throw error;
      const failures = look.failures + 1;
      if (failures >= MOST_REFUSALS) {
        const message = `The deployer of ${look.namespace} has no right to read the Service: ${(error as Error).message}.`;
        return { resolution: null, problem: { code: 'ServiceUnreadable', message } };
      }
      await lookLater(this.dataSource.manager, look, { failures, inMs: nextLookMs(failures) });
      return null;
    }
  }

  /** Exports the Service to the consumer, if the mesh announces Services only to namespaces that they name. */
  private async export(session: ClusterSession, look: ClaimedLook): Promise<Findings['problem']> {
    const byDefault = await serviceExports(session);
    if (byDefault === undefined && !look.exported) return null;
    if (!look.exported && !(await noteExport(this.dataSource.manager, look.id))) return null;
    return this.settleExport(session, look, byDefault);
  }

  private async withdraw(id: string): Promise<void> {
    const { manager } = this.dataSource;
    const look = await claimLook(manager, id, { ended: true });
    if (look === null) return;
    const failures = look.failures + 1;
    await lookLater(manager, look, { failures, inMs: nextLookMs(failures) });
    const session = await this.sessionOf(look);
    await this.settleExport(session, look, await serviceExports(session));
    await noteWithdrawal(manager, id);
  }

  /** @throws KubeUnreachable when the provider's cluster cannot be used */
  private sessionOf({ clusterId }: ClaimedLook): Promise<ClusterSession> {
    return this.clusters.session(idOf('cluster', clusterId));
  }

  private settleExport(
    { kube }: ClusterSession,
    look: ClaimedLook,
    byDefault: readonly string[] | undefined,
  ): Promise<Findings['problem']> {
    const consumers = (): Promise<string[]> => consumersOf(this.dataSource.manager, look);
    return settleExport(kube, look, { consumers, byDefault });
  }

  /**
   * Changes the sides that were not notified yet.
   * @param anew whether the link opens something else than before, so that sides that already have it are changed too
   */
  private async notify(transaction: Transaction, link: LockedLink, anew: boolean): Promise<void> {
    const { manager } = transaction;
    const due = await dueOf(manager, link.id);
    const wanted = (side: LinkSide): boolean | null => due?.[side] ?? (anew && link[`${side}Told`] ? true : null);
    const opening = linkSides.filter((side) => wanted(side) === true);
    const closing = linkSides.filter((side) => wanted(side) === false);
    if (closing.length > 0 && !anew) await forgetInForce(manager, link.id);
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

/** The namespaces to which the mesh announces Services by default; undefined: to all. */
async function serviceExports(session: ClusterSession): Promise<readonly string[] | undefined> {
  return (await session.ready()).mesh?.serviceExports;
}

/** One second after the first failure, then twice as long each time, up to the period of open links. */
function nextLookMs(failures: number): number {
  return failures === 0 ? LOOK_PERIOD_MS : Math.min(2 ** (failures - 1) * 1000, LOOK_PERIOD_MS);
}
