import { performance } from 'node:perf_hooks';

import { type ClusterFacts } from '#isolation';
import { KubeClient, ObjectCache } from '#kube';
import { idOf, uuidOf } from '#persistence';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { detectCapabilities } from './cluster-capabilities.js';
import { type ClusterSettings, detectClusterFacts, detectVersion } from './cluster-facts.js';
import { ensureSharedObjects } from './shared-objects.js';

/** Injection token of the `ClusterSettings`. */
export const CLUSTER_SETTINGS = Symbol('ClusterSettings');

/** How long a worker trusts what it knows of a cluster. */
const MAX_AGE_MS = 600_000;

/**
 * Makes a cluster ready for tenants: what tenants share (Bulkhead's ClusterRoles and admission policies) is there, and
 * the facts that rendering needs are known and stored.
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

  /** Makes every cluster ready that is known, and looks again at what it can do when that is not fresh. */
  async readyAll(): Promise<void> {
    const clusters = await this.dataSource.query<{ id: string }[]>('SELECT id FROM clusters');
    for (const { id } of clusters) await this.ready(idOf('cluster', id));
  }

  private async prepare(clusterId: string): Promise<ClusterFacts> {
    const version = await detectVersion(this.kube);
    const capabilities = await detectCapabilities(this.kube, this.settings, version);
    const facts = await detectClusterFacts(this.kube, this.settings, capabilities);
    await ensureSharedObjects(this.kube, this.settings.provisioner, capabilities.mutatingAdmissionPolicies);
    await this.dataSource.query(
      'UPDATE clusters SET facts = $2::jsonb, capabilities = $3::jsonb, updated_at = now() WHERE id = $1',
      [uuidOf('cluster', clusterId), JSON.stringify(facts), JSON.stringify(capabilities)],
    );
    return facts;
  }
}
