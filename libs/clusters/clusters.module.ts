import { TENANT_ID_LABEL } from '#isolation';
import { type Credentials, KubeClient, ObjectCache, RemovalClient, tenantResources, TrialClient } from '#kube';
import { type DynamicModule, Module } from '@nestjs/common';

import { type ClusterSettings } from './cluster-facts.js';
import { CLUSTER_SETTINGS, Clusters } from './clusters.js';

/** The connection to the cluster, and what is known of it. */
@Module({})
export class ClustersModule {
  static forRoot(credentials: Credentials, settings: ClusterSettings): DynamicModule {
    return {
      module: ClustersModule,
      providers: [
        { provide: KubeClient, useFactory: () => new KubeClient(credentials) },
        {
          provide: ObjectCache,
          inject: [KubeClient],
          useFactory: (kube: KubeClient) => kube.cache(tenantResources, TENANT_ID_LABEL),
        },
        { provide: RemovalClient, useFactory: () => new RemovalClient(credentials) },
        { provide: TrialClient, useFactory: () => new TrialClient(credentials) },
        { provide: CLUSTER_SETTINGS, useValue: settings },
        Clusters,
      ],
      exports: [KubeClient, ObjectCache, RemovalClient, TrialClient, CLUSTER_SETTINGS, Clusters],
    };
  }
}
