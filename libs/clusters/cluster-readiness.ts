import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';

import { type ClusterFacts } from '#isolation';
import { type KubeClient, KubeError, KubeUnreachable, type TrialClient } from '#kube';
import { jsonOf, uuidOf } from '#persistence';
import { wakeTenantsOfCluster } from '#tenancy';
import { Logger } from '@nestjs/common';
import { type DataSource } from 'typeorm';

import { detectCapabilities } from './cluster-capabilities.js';
import { baselineOf, type ClusterSettings, detectClusterFacts, detectVersion } from './cluster-facts.js';
import { ensureGuardrail, ensureSharedObjects } from './shared-objects.js';

/** How old facts can be, and how long a removed admission policy can be missing. */
const MAX_AGE_MS = 30_000;

/**
 * Prepares one cluster for tenants: makes the objects that all tenants share (Bulkhead's ClusterRoles and admission
 * policies), and detects and stores the facts that rendering needs.
 */
export class ClusterReadiness {
  private readonly logger = new Logger(ClusterReadiness.name);
  private known: { facts: Promise<ClusterFacts>; until: number } | null = null;
  private latestFacts: ClusterFacts | null = null;

  constructor(
    private readonly cluster: { id: string; name: string },
    private readonly clients: { kube: KubeClient; trials: TrialClient },
    private readonly settings: ClusterSettings,
    private readonly dataSource: DataSource,
  ) {}

  /** The facts of the last look of this process; null before the first one succeeded. */
  get latest(): ClusterFacts | null {
    return this.latestFacts;
  }

  /**
   * Returns the facts of the cluster once it is ready for tenants. A failure of the first look is not remembered here.
   * Later looks run in the background: until one succeeds, the facts of the last one are returned.
   * @throws KubeError, KubeUnreachable; Error when the admission policies are not in force in time
   */
  async ready(): Promise<ClusterFacts> {
    if (this.known === null) {
      const facts = this.prepare(null);
      this.known = { facts, until: performance.now() + MAX_AGE_MS };
      facts.catch(() => {
        this.known = null;
      });
    } else if (this.known.until < performance.now()) {
      this.known.until = performance.now() + MAX_AGE_MS;
      void this.lookAgain(this.known.facts);
    }
    return this.known.facts;
  }

  /** Looks again at once, then wakes all tenants of the cluster: kinds appeared or went that their objects are of. */
  async lookNow(): Promise<void> {
    try {
      const { known } = this;
      if (known === null) {
        await this.ready();
      } else {
        known.until = performance.now() + MAX_AGE_MS;
        await this.lookAgain(known.facts);
      }
    } catch (error) {
      this.warn(error);
    }
    await wakeTenantsOfCluster(this.dataSource.manager, this.cluster.id).catch((error: unknown) => {
      this.warn(error);
    });
  }

  private async lookAgain(before: Promise<ClusterFacts>): Promise<void> {
    try {
      const facts = await this.prepare(await before);
      this.known = { facts: Promise.resolve(facts), until: performance.now() + MAX_AGE_MS };
    } catch (error) {
      this.warn(error);
    }
  }

  private warn(error: unknown): void {
    const isKnown = error instanceof KubeError || error instanceof KubeUnreachable;
    const cause = isKnown ? { reason: error.message } : { err: error };
    this.logger.warn({ cluster: this.cluster.name, ...cause }, 'failed to inspect a cluster; it is inspected again');
  }

  /** @param before the facts of an earlier look of this process, which has put their admission baseline in force */
  private async prepare(before: ClusterFacts | null): Promise<ClusterFacts> {
    const { kube, trials } = this.clients;
    const version = await detectVersion(kube);
    const remembered = (before ?? (await this.storedFacts()))?.mesh ?? null;
    const { capabilities, mesh } = await detectCapabilities(kube, this.settings, version, remembered);
    const facts = await detectClusterFacts(kube, this.settings, capabilities, {
      mesh,
      // Once for each process: every answer is a token.
      apiAudiences: before?.apiAudiences ?? (await trials.audiences()),
    });
    const { provisioner } = this.settings;
    const inForce = before === null ? null : baselineOf(provisioner, before);
    await ensureGuardrail(kube, facts);
    await ensureSharedObjects(kube, baselineOf(provisioner, facts), inForce);
    // This process may have rendered from facts that another one has replaced since.
    const renderedFromOthers = before !== null && !isDeepStrictEqual(before, facts);
    const id = uuidOf('cluster', this.cluster.id);
    await this.dataSource.transaction(async (manager) => {
      const [rows] = await manager.query<[{ changed: boolean }[], number]>(STORE, [
        id,
        jsonOf(facts),
        jsonOf(capabilities),
      ]);
      if (renderedFromOthers || rows[0]?.changed === true) await wakeTenantsOfCluster(manager, this.cluster.id);
    });
    this.latestFacts = facts;
    return facts;
  }

  private async storedFacts(): Promise<ClusterFacts | null> {
    const [row] = await this.dataSource.query<{ facts: ClusterFacts | null }[]>(
      'SELECT facts FROM clusters WHERE id = $1',
      [uuidOf('cluster', this.cluster.id)],
    );
    return row?.facts ?? null;
  }
}

/**
 * Stores facts and capabilities, and returns whether the facts replace others. The lock does not hold up new tenants, whose
 * foreign key needs the row.
 */
const STORE = `
  UPDATE clusters c SET facts = $2::jsonb, capabilities = $3::jsonb, updated_at = now()
  FROM (SELECT id, facts FROM clusters WHERE id = $1 FOR NO KEY UPDATE) before
  WHERE c.id = before.id
  RETURNING before.facts IS NOT NULL AND before.facts IS DISTINCT FROM $2::jsonb AS changed`;
