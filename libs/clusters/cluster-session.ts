import { type ClusterFacts, TENANT_ID_LABEL } from '#isolation';
import {
  type Credentials,
  type Knowledge,
  KubeClient,
  type ObjectCache,
  RemovalClient,
  tenantResources,
  TrialClient,
} from '#kube';
import { Logger } from '@nestjs/common';
import { type DataSource } from 'typeorm';

import { ANSWER_TIMEOUT_MS, type ClusterSettings } from './cluster-facts.js';
import { ClusterReadiness } from './cluster-readiness.js';
import { Reachability } from './reachability.js';

/** How a worker connects to a cluster, and what it cannot detect about it. */
export interface ClusterConnection {
  /** The cluster's name in the table `clusters`. */
  name: string;
  credentials: Credentials;
  settings: ClusterSettings;
}

/** Receives changes of tenants' objects, of all clusters. */
export interface ClusterListener {
  /** An object that carries this tenant id as a label appeared, changed or went in a cluster. The label can be forged. */
  changed: (tenantId: string, clusterId: string) => void;
}

/** Log messages by how much is still known of a kind whose watch was lost. */
const lostMessages: Record<Knowledge, string> = {
  unknown: 'a watch was lost; it is resumed',
  watched: 'a watch was lost; it is resumed',
  listed: 'the worker must not watch a kind and lists it instead: its drift is found late; apply worker-rbac.yaml',
  forbidden: 'the worker must not list a kind, so its objects are unknown; apply worker-rbac.yaml',
};

/** Everything a worker needs to work with one cluster: clients, watches, facts. */
export class ClusterSession {
  private readonly logger = new Logger(ClusterSession.name);
  readonly id: string;
  readonly name: string;
  readonly settings: ClusterSettings;
  readonly kube: KubeClient;
  readonly removal: RemovalClient;
  readonly trials: TrialClient;
  /** Metadata of all tenants' objects, by tenant; filled once `watch` was called. */
  readonly cache: ObjectCache;
  private readonly reachability: Reachability;
  private readonly readiness: ClusterReadiness;
  private isWatching = false;
  /** Why kinds are not watched, as logged. */
  private readonly unwatched = new Map<string, string>();

  constructor(id: string, { name, credentials, settings }: ClusterConnection, dataSource: DataSource) {
    [this.id, this.name, this.settings] = [id, name, settings];
    const onUnreachable = (): void => {
      this.reachability.suspect();
    };
    this.kube = new KubeClient(credentials, onUnreachable);
    this.removal = new RemovalClient(credentials, onUnreachable);
    this.trials = new TrialClient(credentials, onUnreachable);
    this.cache = this.kube.cache(tenantResources, TENANT_ID_LABEL);
    this.readiness = new ClusterReadiness({ id, name }, this, settings, dataSource);
    this.reachability = new Reachability(
      () => this.kube.version(ANSWER_TIMEOUT_MS),
      (reason) => {
        if (reason === null) this.logger.log({ cluster: name }, 'a cluster answers again');
        else this.logger.warn({ cluster: name, reason }, 'a cluster does not answer');
      },
    );
  }

  /** @throws KubeUnreachable while the cluster is known not to answer */
  assertReachable(): void {
    this.reachability.assertReachable();
  }

  /**
   * Returns the cluster's facts once it is ready for tenants.
   * @throws as `ClusterReadiness.ready`
   */
  ready(): Promise<ClusterFacts> {
    return this.readiness.ready();
  }

  /** The cluster's facts as far as this process knows them; null before it was ready for the first time. */
  get facts(): ClusterFacts | null {
    return this.readiness.latest;
  }

  /** Begins to watch tenants' objects. */
  watch(listener: ClusterListener): void {
    if (this.isWatching) return;
    this.isWatching = true;
    this.cache.start({
      changed: (tenantId) => {
        listener.changed(tenantId, this.id);
      },
      lost: (kind, error, knowledge) => {
        const reason = error instanceof Error ? error.message : String(error);
        // Attempts go on for as long as a right is missing.
        if (this.unwatched.get(kind) === reason) return;
        this.unwatched.set(kind, reason);
        this.logger.warn({ cluster: this.name, kind, reason }, lostMessages[knowledge]);
      },
      watched: (kind) => {
        this.unwatched.delete(kind);
      },
      kindsChanged: () => {
        void this.readiness.lookNow();
      },
    });
  }

  /** Ends watches and probes; other requests go on. */
  async stopWatching(): Promise<void> {
    this.reachability.close();
    if (this.isWatching) await this.cache.stop();
  }

  /** Aborts all requests under way, as if the connections were lost. */
  async cutOff(): Promise<void> {
    await Promise.all([this.kube.cutOff(), this.removal.cutOff(), this.trials.cutOff()]);
  }

  /** Ends watches, and closes the connections once the requests under way have ended. */
  async close(): Promise<void> {
    await this.stopWatching();
    await Promise.all([this.kube.close(), this.removal.close(), this.trials.close()]);
  }
}
