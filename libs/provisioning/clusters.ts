import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

import { type ClusterFacts, type KubernetesObject, renderAdmissionPolicies, renderClusterRoles } from '#isolation';
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

/** A new admission policy takes about a second to bite; until then nobody may get access by what is made here. */
const POLICY_DELAY_MS = 2_000;

/**
 * Makes a cluster ready for tenants: what tenants share (Bulkhead's ClusterRoles and admission policies) is there, and the facts
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
    const facts = await detectClusterFacts(this.kube, this.settings);
    const policies = renderAdmissionPolicies(this.settings.provisioner, facts.minorVersion);
    let changed = false;
    for (const policy of policies) changed = (await this.keep(policy)) || changed;
    if (changed) await delay(POLICY_DELAY_MS);
    for (const role of renderClusterRoles()) await this.keep(role);
    await this.dataSource.query('UPDATE clusters SET facts = $2::jsonb, updated_at = now() WHERE id = $1', [
      uuidOf('cluster', clusterId),
      JSON.stringify(facts),
    ]);
    return facts;
  }

  /** Makes an object that all tenants share as rendered; whether it was not. */
  private async keep(object: KubernetesObject): Promise<boolean> {
    const live = await this.kube.get(keyOf(object));
    const { complete, removal } = live === null ? { complete: false, removal: null } : compare(object, live);
    if (!complete) await this.kube.apply(object);
    if (removal !== null) await this.kube.removeFields(keyOf(object), removal);
    return !complete || removal !== null;
  }
}
