import { TENANT_ID_LABEL } from '#isolation';
import { type Credentials, KubeClient, ObjectCache, tenantResources } from '#kube';
import { JobQueue } from '#queue';
import { type DynamicModule, Module } from '@nestjs/common';

import { type ClusterSettings } from './cluster-facts.js';
import { CLUSTER_SETTINGS, Clusters } from './clusters.js';
import { DriftWatch } from './drift-watch.js';
import { Leases } from './lease.js';
import { Previewer } from './previewer.js';
import { Reconciler, RECONCILER_SETTINGS, type ReconcilerSettings } from './reconciler.js';
import { Settlement } from './settle.js';
import { Sweeper } from './sweeper.js';

export interface ProvisioningOptions extends ReconcilerSettings {
  credentials: Credentials;
  cluster: ClusterSettings;
  imports: NonNullable<DynamicModule['imports']>;
}

/** The engine that makes clusters match what is wanted. */
@Module({})
export class ProvisioningModule {
  static forRoot({ credentials, cluster, imports, ...settings }: ProvisioningOptions): DynamicModule {
    return {
      module: ProvisioningModule,
      imports,
      providers: [
        { provide: KubeClient, useFactory: () => new KubeClient(credentials) },
        { provide: CLUSTER_SETTINGS, useValue: cluster },
        {
          provide: ObjectCache,
          inject: [KubeClient],
          useFactory: (kube: KubeClient) => kube.cache(tenantResources, TENANT_ID_LABEL),
        },
        Clusters,
        Leases,
        Settlement,
        DriftWatch,
        Previewer,
        {
          provide: Sweeper,
          inject: [Leases, Clusters, JobQueue],
          useFactory: (leases: Leases, clusters: Clusters, queue: JobQueue) =>
            new Sweeper(leases, clusters, queue, settings.resyncMs),
        },
        { provide: RECONCILER_SETTINGS, useValue: settings },
        Reconciler,
      ],
      exports: [DriftWatch, Previewer, Reconciler, Sweeper],
    };
  }
}
