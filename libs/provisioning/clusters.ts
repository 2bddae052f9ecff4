import { performance } from 'node:perf_hooks';

import { type ClusterFacts, renderClusterRoles } from '#isolation';
import { KubeClient, ObjectCache } from '#kube';
import { uuidOf } from '#persistence';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type ClusterSettings, detectClusterFacts } from './cluster-facts.js';
import { compare } from './ensure/comparison.js';
import { keyOf } from './ensure/difference.js';

/** Injection token of the `ClusterSettings`. */
export const CLUSTER_SETTINGS = Symbol('ClusterSettings');

/** How long a worker trusts what it knows of a cluster. */
const MAX_AGE_MS = 600_000;

/**
 * Makes a cluster ready for tenants: what tenants share (Bulkhead's ClusterRoles) is there, and the facts
 * that rendering needs are known and stored.
 */
@Injectable()
export class Clusters {
  private known: { facts: Promise<ClusterFacts>; until: number } | null = null;

  constructor(
    readonly kube: KubeClient,
    readonly cache: ObjectCache,
    private readonly dataSource: DataSource,
    @Inject(CLUSTER_SETTINGS) private readonly settings: ClusterSettings,
  ) {}

  /** The facts of the cluster, once it is ready for tenants. Failures are not remembered. */
  async ready(clusterId: string): Promise<ClusterFacts> {
    if (this.known === null || this.known.until < performance.now()) {
      const facts = this.prepare(clusterId);
      this.known = { facts, until: performance.now() + MAX_AGE_MS };
      facts.catch(() => {
        this.known = null;
      });
    }
    return this.known.facts;
  }

  private async prepare(clusterId: string): Promise<ClusterFacts> {
    for (const role of renderClusterRoles()) {
      const live = await this.kube.get(keyOf(role));
      const { complete, removal } = live === null ? { complete: false, removal: null } : compare(role, live);
      if (!complete) await this.kube.apply(role);
      if (removal !== null) await this.kube.removeFields(keyOf(role), removal);
    }
    const facts = await detectClusterFacts(this.kube, this.settings);
    await this.dataSource.query('UPDATE clusters SET facts = $2::jsonb, updated_at = now() WHERE id = $1', [
      uuidOf('cluster', clusterId),
      JSON.stringify(facts),
    ]);
    return facts;
  }
}
