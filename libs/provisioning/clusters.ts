import { performance } from 'node:perf_hooks';

import { type ClusterFacts } from '#isolation';
import { KubeClient, KubeError, KubeUnreachable, ObjectCache } from '#kube';
import { idOf, uuidOf } from '#persistence';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { detectCapabilities } from './cluster-capabilities.js';
import { type ClusterSettings, detectClusterFacts, detectVersion } from './cluster-facts.js';
import { ensureSharedObjects } from './shared-objects.js';
import { wallsOf } from './walls-of.js';

/** Injection token of the `ClusterSettings`. */
export const CLUSTER_SETTINGS = Symbol('ClusterSettings');

/** How old what a worker knows of a cluster may be, and how long a wall that somebody took down may be missing. */
const MAX_AGE_MS = 60_000;

/**
 * Makes a cluster ready for tenants: what tenants share (Bulkhead's ClusterRoles and admission policies) is there, and
 * the facts that rendering needs are known and stored.
 */
@Injectable()
export class Clusters {
  private readonly logger = new Logger(Clusters.name);
  private known: { facts: Promise<ClusterFacts>; until: number } | null = null;

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
    const capabilities = await detectCapabilities(this.kube, this.settings, version);
    const facts = await detectClusterFacts(this.kube, this.settings, capabilities);
    const { provisioner } = this.settings;
    const known = before === null ? null : wallsOf(provisioner, before);
    await ensureSharedObjects(this.kube, wallsOf(provisioner, facts), known);
    await this.dataSource.query(
      'UPDATE clusters SET facts = $2::jsonb, capabilities = $3::jsonb, updated_at = now() WHERE id = $1',
      [uuidOf('cluster', clusterId), JSON.stringify(facts), JSON.stringify(capabilities)],
    );
    return facts;
  }
}
