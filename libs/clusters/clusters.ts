import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';

import { type ClusterFacts } from '#isolation';
import { KubeClient, KubeError, KubeUnreachable, ObjectCache } from '#kube';
import { idOf, uuidOf } from '#persistence';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { detectCapabilities } from './cluster-capabilities.js';
import { type ClusterSettings, detectClusterFacts, detectVersion } from './cluster-facts.js';
import { ensureGuardrail, ensureSharedObjects } from './shared-objects.js';
import { wallsOf } from './walls-of.js';

/** Injection token of the `ClusterSettings`. */
export const CLUSTER_SETTINGS = Symbol('ClusterSettings');

/** How old what a worker knows of a cluster may be, and how long a wall that somebody took down may be missing. */
const MAX_AGE_MS = 30_000;

/**
 * Makes a cluster ready for tenants: what tenants share (Bulkhead's ClusterRoles and admission policies) is there, and
 * the facts that rendering needs are known and stored.
 */
@Injectable()
export class Clusters {
  private readonly logger = new Logger(Clusters.name);
  private known: { facts: Promise<ClusterFacts>; until: number } | null = null;
  private latest: ClusterFacts | null = null;
  /** Whether tenants have to be looked at even if the facts are as before. */
  private wakesAll = false;

  constructor(
    readonly kube: KubeClient,
    readonly cache: ObjectCache,
    private readonly dataSource: DataSource,
    @Inject(CLUSTER_SETTINGS) private readonly settings: ClusterSettings,
  ) {}

  /**
   * The facts of the cluster, once it is ready for tenants. A failure to make it so is not remembered. Later looks are
   * waited for by nobody: until one succeeds, what the last one found is the answer.
   */
  async ready(clusterId: string): Promise<ClusterFacts> {
    if (this.known === null) {
      const facts = this.prepare(clusterId, null);
      this.known = { facts, until: performance.now() + MAX_AGE_MS };
      facts.catch(() => {
        this.known = null;
      });
    } else if (this.known.until < performance.now()) {
      this.known.until = performance.now() + MAX_AGE_MS;
      void this.lookAgain(clusterId, this.known.facts);
    }
    return this.known.facts;
  }

  /** Makes every cluster ready that is known, and looks again at what it can do when that is not fresh. */
  async readyAll(): Promise<void> {
    const clusters = await this.dataSource.query<{ id: string }[]>('SELECT id FROM clusters');
    for (const { id } of clusters) await this.ready(idOf('cluster', id));
  }

  /** Whether something else has become known of the cluster since these facts were. */
  isOutdated(facts: ClusterFacts): boolean {
    return this.latest !== null && facts !== this.latest && !isDeepStrictEqual(facts, this.latest);
  }

  /** Looks again at once, and has all tenants looked at: kinds appeared or went that their objects are of. */
  async lookNow(): Promise<void> {
    this.wakesAll = true;
    if (this.known !== null) this.known.until = performance.now();
    await this.readyAll().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'a cluster could not be looked at; the next look follows');
    });
  }

  private async lookAgain(clusterId: string, before: Promise<ClusterFacts>): Promise<void> {
    try {
      const facts = await this.prepare(clusterId, await before);
      this.known = { facts: Promise.resolve(facts), until: performance.now() + MAX_AGE_MS };
    } catch (error) {
      const cause =
        error instanceof KubeError || error instanceof KubeUnreachable ? { reason: error.message } : { err: error };
      this.logger.warn(cause, 'a cluster could not be looked at; the next look follows');
    }
  }

  /** @param before what an earlier look found, which this process has made sure of */
  private async prepare(clusterId: string, before: ClusterFacts | null): Promise<ClusterFacts> {
    const version = await detectVersion(this.kube);
    const remembered = (before ?? (await this.storedFacts(clusterId)))?.mesh ?? null;
    const { capabilities, mesh } = await detectCapabilities(this.kube, this.settings, version, remembered);
    const facts = await detectClusterFacts(this.kube, this.settings, capabilities, mesh);
    const { provisioner } = this.settings;
    const known = before === null ? null : wallsOf(provisioner, before);
    await ensureGuardrail(this.kube, facts);
    await ensureSharedObjects(this.kube, wallsOf(provisioner, facts), known);
    // This process may have rendered from facts that another one has replaced since.
    const wakes = this.wakesAll || (before !== null && !isDeepStrictEqual(before, facts));
    this.wakesAll = false;
    await this.dataSource.query(KEEP, [
      ...[uuidOf('cluster', clusterId), JSON.stringify(facts), JSON.stringify(capabilities), wakes],
    ]);
    this.latest = facts;
    return facts;
  }

  private async storedFacts(clusterId: string): Promise<ClusterFacts | null> {
    const [row] = await this.dataSource.query<{ facts: ClusterFacts | null }[]>(
      'SELECT facts FROM clusters WHERE id = $1',
      [uuidOf('cluster', clusterId)],
    );
    return row?.facts ?? null;
  }
}

/**
 * Stores what was found. Where it differs from what was known, all tenants of the cluster are looked at: what they
 * should have follows from it.
 */
const KEEP = `
  WITH before AS (
    SELECT id, facts FROM clusters WHERE id = $1 FOR UPDATE
  ), woken AS (
    UPDATE tenants SET next_reconcile_at = now() FROM before
    WHERE tenants.cluster_id = before.id AND tenants.deleted_at IS NULL
      AND ($4 OR before.facts IS NOT NULL AND before.facts IS DISTINCT FROM $2::jsonb)
  )
  UPDATE clusters SET facts = $2::jsonb, capabilities = $3::jsonb, updated_at = now() WHERE id = $1`;
