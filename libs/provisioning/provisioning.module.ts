import { type Credentials, KubeClient, RemovalClient } from '#kube';
import { type DynamicModule, Module } from '@nestjs/common';

import { type ClusterSettings } from './cluster-facts.js';
import { CLUSTER_SETTINGS, Clusters } from './clusters.js';
import { DeletionCertificates, SIGNING_KEY } from './deletion-certificates.js';
import { DueDeletions } from './due-deletions.js';
import { FinalSweep } from './final-sweep.js';
import { Leases } from './lease.js';
import { Reconciler, type ReconcilerSettings } from './reconciler.js';
import { TenantRemoval } from './remove-tenant.js';
import { Settlement } from './settle.js';
import { Sweeper } from './sweeper.js';

export interface ProvisioningOptions extends ReconcilerSettings {
  credentials: Credentials;
  cluster: ClusterSettings;
  /** PEM of the key that signs deletion certificates; null: none yet. */
  signingKey: string | null;
  imports: NonNullable<DynamicModule['imports']>;
}

/** The engine that makes clusters match what is wanted. */
@Module({})
export class ProvisioningModule {
  static forRoot({ credentials, cluster, signingKey, imports, ...settings }: ProvisioningOptions): DynamicModule {
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
        { provide: RemovalClient, useFactory: () => new RemovalClient(credentials) },
        { provide: SIGNING_KEY, useValue: signingKey },
        ...[DeletionCertificates, DueDeletions, FinalSweep, TenantRemoval],
        {
          provide: Reconciler,
          inject: [KubeClient, Clusters, Leases, Settlement, TenantRemoval],
          useFactory: (
            kube: KubeClient,
            clusters: Clusters,
            leases: Leases,
            settlement: Settlement,
            removal: TenantRemoval,
          ) => new Reconciler({ kube, removal }, clusters, leases, settlement, settings),
        },
      ],
      exports: [Reconciler, Sweeper],
    };
  }
}
