import { Clusters } from '#clusters';
import { JobQueue } from '#queue';
import { DueDeletions } from '#tenancy';
import { type DynamicModule, Module } from '@nestjs/common';

import { DeletionCertificates, SIGNING_KEY } from './deletion/deletion-certificates.js';
import { FinalSweep } from './deletion/final-sweep.js';
import { TenantRemoval } from './deletion/remove-tenant.js';
import { Leases } from './lease/lease.js';
import { Previewer } from './preview/previewer.js';
import { Reconciler, RECONCILER_SETTINGS, type ReconcilerSettings } from './reconcile/reconciler.js';
import { Settlement } from './settle/settle.js';
import { CONCURRENCY, Dispatcher } from './wake/dispatcher.js';
import { DriftWatch } from './wake/drift-watch.js';
import { FleetMetrics } from './wake/fleet-metrics.js';
import { Sweeper } from './wake/sweeper.js';

export interface EngineOptions extends ReconcilerSettings {
  /** PEM of the key that signs deletion certificates; null: none yet. */
  signingKey: string | null;
  /** Most passes that are under way at the same time, but for urgent ones. */
  concurrency: number;
  /** Where `Clusters`, `PolicyAuditor`, `TenantChanges` and the queue come from. */
  imports: NonNullable<DynamicModule['imports']>;
}

/** The engine that makes clusters match what is wanted. */
@Module({})
export class EngineModule {
  static forRoot({ signingKey, concurrency, imports, ...settings }: EngineOptions): DynamicModule {
    return {
      module: EngineModule,
      imports,
      providers: [
        FleetMetrics,
        Leases,
        Settlement,
        DriftWatch,
        { provide: SIGNING_KEY, useValue: signingKey },
        ...[DeletionCertificates, DueDeletions, FinalSweep, TenantRemoval],
        Previewer,
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
      exports: [DeletionCertificates, Dispatcher, DriftWatch, Leases, Previewer, Reconciler, Sweeper],
    };
  }
}
