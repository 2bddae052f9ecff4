import { TENANT_ID_LABEL } from '#isolation';
import { type Credentials, KubeClient, ObjectCache, RemovalClient, tenantResources, TrialClient } from '#kube';
import { type JudgeLocation, PolicyJudge } from '#policies';
import { JobQueue } from '#queue';
import { WantedTenants } from '#tenancy';
import { type DynamicModule, Module } from '@nestjs/common';

import { type ClusterSettings } from './cluster-facts.js';
import { CLUSTER_SETTINGS, Clusters } from './clusters.js';
import { DeletionCertificates, SIGNING_KEY } from './deletion/deletion-certificates.js';
import { CONCURRENCY, Dispatcher } from './dispatcher.js';
import { FleetMetrics } from './fleet-metrics.js';
import { DueDeletions } from './deletion/due-deletions.js';
import { FinalSweep } from './deletion/final-sweep.js';
import { DriftWatch } from './drift/drift-watch.js';
import { LinkDriver } from './links/link-driver.js';
import { Leases } from './lease/lease.js';
import { PolicyAuditor } from './policies/policy-auditor.js';
import { PolicyEnforcer } from './policies/policy-enforcer.js';
import { Previewer } from './preview/previewer.js';
import { Prover } from './proof/prover.js';
import { Reporter } from './proof/reporter.js';
import { Runs } from './proof/runs.js';
import { Reconciler, RECONCILER_SETTINGS, type ReconcilerSettings } from './reconciler.js';
import { TenantRemoval } from './deletion/remove-tenant.js';
import { Settlement } from './settle/settle.js';
import { Sweeper } from './sweeper.js';

export interface ProvisioningOptions extends ReconcilerSettings {
  credentials: Credentials;
  cluster: ClusterSettings;
  /** PEM of the key that signs deletion certificates; null: none yet. */
  signingKey: string | null;
  /** Most passes that are under way at the same time, but for urgent ones. */
  concurrency: number;
  /** The program that judges policies. */
  policyJudge: JudgeLocation;
  imports: NonNullable<DynamicModule['imports']>;
}

/** The engine that makes clusters match what is wanted. */
@Module({})
export class ProvisioningModule {
  static forRoot({
    credentials,
    cluster,
    signingKey,
    concurrency,
    policyJudge,
    imports,
    ...settings
  }: ProvisioningOptions): DynamicModule {
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
        FleetMetrics,
        Leases,
        Settlement,
        DriftWatch,
        { provide: RemovalClient, useFactory: () => new RemovalClient(credentials) },
        { provide: SIGNING_KEY, useValue: signingKey },
        ...[DeletionCertificates, DueDeletions, FinalSweep, TenantRemoval],
        LinkDriver,
        Previewer,
        PolicyEnforcer,
        PolicyAuditor,
        { provide: PolicyJudge, useFactory: () => new PolicyJudge(policyJudge) },
        { provide: TrialClient, useFactory: () => new TrialClient(credentials) },
        ...[Prover, Reporter, Runs, WantedTenants],
        {
          provide: Sweeper,
          inject: [Leases, Clusters, JobQueue, DueDeletions],
          useFactory: (leases: Leases, clusters: Clusters, queue: JobQueue, due: DueDeletions) =>
            new Sweeper(leases, clusters, queue, due, settings.resyncMs),
        },
        { provide: RECONCILER_SETTINGS, useValue: settings },
        Reconciler,
        { provide: CONCURRENCY, useValue: concurrency },
        Dispatcher,
      ],
      exports: [
        DeletionCertificates,
        Dispatcher,
        DriftWatch,
        LinkDriver,
        PolicyAuditor,
        PolicyEnforcer,
        Previewer,
        Prover,
        Reconciler,
        Sweeper,
      ],
    };
  }
}
