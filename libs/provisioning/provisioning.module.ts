import { type Credentials, KubeClient } from '#kube';
import { type DynamicModule, Module } from '@nestjs/common';

import { type ClusterSettings } from './cluster-facts.js';
import { CLUSTER_SETTINGS, Clusters } from './clusters.js';
import { Leases } from './lease.js';
import { Reconciler, type ReconcilerSettings } from './reconciler.js';
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
        Clusters,
        Leases,
        Settlement,
        Sweeper,
        {
          provide: Reconciler,
          inject: [KubeClient, Clusters, Leases, Settlement],
          useFactory: (kube: KubeClient, clusters: Clusters, leases: Leases, settlement: Settlement) =>
            new Reconciler(kube, clusters, leases, settlement, settings),
        },
      ],
      exports: [Reconciler, Sweeper],
    };
  }
}
