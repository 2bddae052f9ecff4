import { type DynamicModule, Module } from '@nestjs/common';

import { type ClusterConnection } from './cluster-session.js';
import { CLUSTER_CONNECTIONS, Clusters } from './clusters.js';

/** Connects a worker to its clusters. */
@Module({})
export class ClustersModule {
  /** @param connections of this worker, by distinct names. */
  static forRoot(connections: readonly ClusterConnection[]): DynamicModule {
    return {
      module: ClustersModule,
      providers: [{ provide: CLUSTER_CONNECTIONS, useValue: connections }, Clusters],
      exports: [Clusters],
    };
  }
}
