import { Clusters } from '#clusters';
import { linksAfterPass } from '#links/worker';
import { rulesOfDeletedTenants } from '#network-rules';
import { JobQueue } from '#queue';
import { routesOfDeletedTenants } from '#routing';
import { DueDeletions, invitationsOfDeletedTenants } from '#tenancy';
import { type DynamicModule, Module } from '@nestjs/common';

import { DeletedTenants } from './deletion/deleted-tenants.js';
import { DeletionCertificates, SIGNING_KEY } from './deletion/deletion-certificates.js';
import { POD_GRACE, TenantRemoval } from './deletion/remove-tenant.js';
import { driftRecord } from './drift/drift-record.js';
import { Leases } from './lease/lease.js';
import { SETTLE_HOOKS, type SettleHook } from './pass/settle-hook.js';
import { Previewer } from './preview/previewer.js';
import { Reconciler, RECONCILER_SETTINGS, type ReconcilerSettings } from './reconcile/reconciler.js';
import { Settlement } from './settle/settle.js';
import { ChangeWatch } from './wake/change-watch.js';
import { Dispatcher } from './wake/dispatcher.js';
import { DriftCheck } from './wake/drift-check.js';
import { DriftWatch } from './wake/drift-watch.js';
import { FleetMetrics } from './wake/fleet-metrics.js';
import { CONCURRENCY, PassRunner } from './wake/pass-runner.js';
import { Sweeper } from './wake/sweeper.js';

export interface EngineOptions extends ReconcilerSettings {
  /** PEM of the key that signs deletion certificates; null: none yet. */
  signingKey: string | null;
  /** Most concurrent passes, not counting urgent ones. */
  concurrency: number;
  /** How long pods of a deleted tenant have to end. */
  podGraceSeconds: number;
  /** Modules that provide `Clusters`, `Answerers`, `TenantChanges` and the queue. */
  imports: NonNullable<DynamicModule['imports']>;
}

/** The engine that makes clusters match the desired state of tenants. */
@Module({})
export class EngineModule {
  static forRoot({ signingKey, concurrency, podGraceSeconds, imports, ...settings }: EngineOptions): DynamicModule {
    return {
      module: EngineModule,
      imports,
      providers: [
        FleetMetrics,
        Leases,
        Settlement,
        ChangeWatch,
        DriftCheck,
        DriftWatch,
        { provide: SIGNING_KEY, useValue: signingKey },
        DeletionCertificates,
        DeletedTenants,
        DueDeletions,
        { provide: POD_GRACE, useValue: podGraceSeconds },
        TenantRemoval,
        {
          provide: SETTLE_HOOKS,
          inject: [DeletedTenants],
          useFactory: (deletedTenants: DeletedTenants): readonly SettleHook[] => [
            linksAfterPass,
            deletedTenants,
            routesOfDeletedTenants,
            rulesOfDeletedTenants,
            invitationsOfDeletedTenants,
            driftRecord,
          ],
        },
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
        PassRunner,
        Dispatcher,
      ],
      exports: [DeletionCertificates, Dispatcher, Leases, PassRunner, Reconciler],
    };
  }
}
