import { performance } from 'node:perf_hooks';

import { KubeUnreachable } from '#kube';
import { idOf } from '#persistence';
import { newGauge } from '#telemetry';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pTimeout from 'p-timeout';
import { DataSource } from 'typeorm';

import { type ClusterConnection, type ClusterListener, ClusterSession } from './cluster-session.js';

/** Injection token of the connections of this worker: `ClusterConnection[]`, by distinct names. */
export const CLUSTER_CONNECTIONS = Symbol('ClusterConnections');

/** How long looks at the clusters wait for a new one to become ready for tenants. */
const READY_MS = 8_000;

/** Which clusters can be used. */
export interface ClusterReport {
  /** The sessions of clusters that are ready for tenants and answer. */
  ready: ClusterSession[];
  /** Why each of the clusters that cannot be used cannot, by its name. */
  unusable: ReadonlyMap<string, unknown>;
  /** Names of clusters without a connection and without tenants. */
  unused: readonly string[];
}

const unwatchedKinds = {
  name: 'bulkhead_unwatched_kinds',
  help: 'Kinds of tenants\' objects that this worker does not watch: "listed" and "forbidden" ones lack a right.',
  labels: ['cluster', 'kind', 'knowledge'],
} as const;

/**
 * The sessions of a worker, by cluster id: one for each row of `clusters` whose name this worker has a connection for.
 * They are opened and closed as rows come and go.
 */
@Injectable()
export class Clusters implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(Clusters.name);
  private readonly open = new Map<string, ClusterSession>();
  /** Until when looks wait for a session to become ready; monotonic clock. */
  private readonly awaitedUntil = new WeakMap<ClusterSession, number>();
  /** Clusters without a connection. */
  private unconnected: readonly UnconnectedCluster[] = [];
  private listener: ClusterListener | null = null;
  private synchronizing: Promise<void> | null = null;
  private isStopped = false;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(CLUSTER_CONNECTIONS) private readonly connections: readonly ClusterConnection[],
  ) {
    newGauge(unwatchedKinds, async (gauge) => {
      for (const { name, cache } of this.open.values()) {
        for (const [kind, knowledge] of cache.unwatched) gauge.set({ cluster: name, kind, knowledge }, 1);
      }
      return Promise.resolve();
    });
  }

  /** Ids of the clusters with a session. */
  get ids(): readonly string[] {
    return [...this.open.keys()];
  }

  /** The session of a cluster, whether it answers or not; null when this worker has none. */
  find(clusterId: string): ClusterSession | null {
    return this.open.get(clusterId) ?? null;
  }

  /**
   * The session of a cluster that answers, as far as is known. Asks the database only for an unknown cluster.
   * @throws KubeUnreachable when this worker has no connection to the cluster, or it does not answer
   */
  async session(clusterId: string): Promise<ClusterSession> {
    if (!this.open.has(clusterId)) await this.synchronize();
    const session = this.open.get(clusterId);
    if (session === undefined) throw new KubeUnreachable(`this worker has no connection to the cluster ${clusterId}`);
    session.assertReachable();
    return session;
  }

  /**
   * The sessions of all clusters that can have tenants.
   * @throws KubeUnreachable when this worker has no connection to one that has tenants, or one does not answer
   */
  async all(): Promise<ClusterSession[]> {
    if (this.open.size === 0) await this.synchronize();
    const missing = this.unconnected.find(({ isUsed }) => isUsed);
    if (missing !== undefined) throw noConnection(missing.name);
    const sessions = [...this.open.values()];
    for (const session of sessions) session.assertReachable();
    return sessions;
  }

  /**
   * Opens and closes sessions as the rows of `clusters` ask for, and makes every cluster ready for tenants. Called
   * periodically: a failure affects one cluster, and the next call tries again. A new cluster holds up the others for some
   * seconds at most.
   */
  async makeReady(): Promise<ClusterReport> {
    await this.synchronize();
    const missing = this.unconnected.filter(({ isUsed }) => isUsed);
    const unusable = new Map<string, unknown>(missing.map(({ name }) => [name, noConnection(name)]));
    const attempts = [...this.open.values()].map(async (session) => {
      try {
        session.assertReachable();
        const milliseconds = Math.max(1, (this.awaitedUntil.get(session) ?? 0) - performance.now());
        const message = new KubeUnreachable('the cluster is not ready for tenants yet');
        await pTimeout(session.ready(), { milliseconds, message });
        return [session];
      } catch (error) {
        unusable.set(session.name, error);
        return [];
      }
    });
    const unused = this.unconnected.filter(({ isUsed }) => !isUsed).map(({ name }) => name);
    return { ready: (await Promise.all(attempts)).flat(), unusable, unused };
  }

  /** Begins to watch tenants' objects in all clusters, those included that are added later. */
  async watch(listener: ClusterListener): Promise<void> {
    this.listener = listener;
    for (const session of this.open.values()) session.watch(listener);
    await this.synchronize().catch((error: unknown) => {
      this.logger.warn({ err: error }, 'failed to read the clusters; they are read again');
    });
  }

  /** Aborts all requests under way, as if the connections were lost. */
  async cutOff(): Promise<void> {
    await Promise.all([...this.open.values()].map((session) => session.cutOff()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    await Promise.all([...this.open.values()].map((session) => session.stopWatching()));
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.open.values()].map((session) => session.close()));
  }

  private synchronize(): Promise<void> {
    this.synchronizing ??= this.readRows().finally(() => {
      this.synchronizing = null;
    });
    return this.synchronizing;
  }

  private async readRows(): Promise<void> {
    const rows = await this.dataSource.query<{ id: string; name: string }[]>('SELECT id, name FROM clusters');
    if (this.isStopped) return;
    const named = new Map(rows.map(({ id, name }) => [idOf('cluster', id), name]));
    for (const session of this.open.values()) {
      if (named.get(session.id) !== session.name) this.end(session);
    }
    const missing: string[] = [];
    for (const [id, name] of named) {
      const connection = this.connections.find((each) => each.name === name);
      if (connection === undefined) missing.push(name);
      else if (!this.open.has(id)) this.begin(id, connection);
    }
    await this.noteUnconnected(missing);
  }

  private async noteUnconnected(names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (this.unconnected.some((known) => known.name === name)) continue;
      this.logger.warn({ cluster: name }, 'no connection to a cluster');
    }
    this.unconnected = names.length === 0 ? [] : await this.dataSource.query<UnconnectedCluster[]>(WITH_USE, [names]);
  }

  private begin(id: string, connection: ClusterConnection): void {
    const session = new ClusterSession(id, connection, this.dataSource);
    this.open.set(id, session);
    this.awaitedUntil.set(session, performance.now() + READY_MS);
    if (this.listener !== null) session.watch(this.listener);
  }

  private end(session: ClusterSession): void {
    this.open.delete(session.id);
    const closed = Promise.all([session.close(), session.cutOff()]);
    closed.catch((error: unknown) => {
      this.logger.warn({ cluster: session.name, err: error }, 'failed to close the connections of a removed cluster');
    });
  }
}

interface UnconnectedCluster {
  name: string;
  /** Whether it has tenants. */
  isUsed: boolean;
}

const WITH_USE = `
  SELECT name, EXISTS (SELECT FROM tenants t WHERE t.cluster_id = c.id AND t.deleted_at IS NULL) AS "isUsed"
  FROM clusters c WHERE name = ANY ($1::text[]) ORDER BY name`;

function noConnection(name: string): KubeUnreachable {
  return new KubeUnreachable(`this worker has no connection to the cluster "${name}"`);
}
