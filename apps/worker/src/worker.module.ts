import { AuditSealer } from '#audit';
import { type ClusterConnection, ClustersModule } from '#clusters';
import { type Config } from '#config';
import { DeletionCertificates, Dispatcher, EngineModule, Reconciler } from '#engine';
import { LinksWorkerModule } from '#links/worker';
import { PersistenceModule, Statements } from '#persistence';
import { PoliciesWorkerModule } from '#policies/worker';
import { ProofWorkerModule } from '#proof/worker';
import { JobConsumer, QueueModule } from '#queue';
import { RolloutDriverModule } from '#rollouts';
import { ShiftDriverModule } from '#routing';
import { loggerOptions, Monitoring } from '#telemetry';
import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { DataSource } from 'typeorm';

import { configuredConnection } from './cluster-settings.js';
import { EnsurePoliciesJob } from './jobs/ensure-policies.job.js';
import { PreviewJob } from './jobs/preview.job.js';
import { ProveJob } from './jobs/prove.job.js';
import { ReconcileChangedJob } from './jobs/reconcile-changed.job.js';
import { ReconcileTenantUrgentlyJob } from './jobs/reconcile-tenant-urgently.job.js';
import { ReconcileTenantJob } from './jobs/reconcile-tenant.job.js';

/** Composition root of the worker: everything that talks to clusters. */
@Module({})
export class WorkerModule {
  /** @param connections of this worker; by default the one that the environment describes. */
  static forRoot(
    config: Config,
    connections: readonly ClusterConnection[] = [configuredConnection(config.worker)],
  ): DynamicModule {
    const { concurrency, leaseMs, resyncMs, operationDeadlineMs, signingKey } = config.worker;
    const queue = QueueModule.forRoot(config.queue);
    const clusters = ClustersModule.forRoot(connections);
    const policies = PoliciesWorkerModule.forRoot(config.policyJudge, [clusters]);
    const engine = EngineModule.forRoot({
      ...{ concurrency, leaseMs, resyncMs, operationDeadlineMs, signingKey },
      imports: [clusters, policies, queue],
    });
    return {
      module: WorkerModule,
      imports: [
        LoggerModule.forRoot({ pinoHttp: loggerOptions('worker', config.log.level) }),
        // A pass takes its lease by a statement whose plan costs three times as much as its execution, and Postgres would
        // plan it anew for each number of leases that are taken together. A plan that is made while tables are empty would
        // read them whole until Postgres has statistics; everything that grows has an index that the worker asks by.
        PersistenceModule.forRoot(config.database, 'bulkhead-worker', {
          plan_cache_mode: 'force_generic_plan',
          enable_seqscan: 'off',
        }),
        queue,
        RolloutDriverModule.forRoot([queue]),
        ShiftDriverModule.forRoot([queue]),
        clusters,
        policies,
        engine,
        LinksWorkerModule.forRoot([clusters, queue]),
        ProofWorkerModule.forRoot([clusters, engine]),
      ],
      providers: [
        EnsurePoliciesJob,
        PreviewJob,
        ProveJob,
        {
          provide: Monitoring,
          inject: [Statements],
          useFactory: (statements: Statements) =>
            new Monitoring(config.monitoring, () => statements.run('health', 'SELECT 1', [])),
        },
        {
          provide: AuditSealer,
          inject: [DataSource, DeletionCertificates],
          useFactory: (dataSource: DataSource, certificates: DeletionCertificates) =>
            new AuditSealer(dataSource, () => certificates.signingKey()),
        },
        {
          provide: ReconcileTenantJob,
          inject: [JobConsumer, Dispatcher],
          useFactory: (consumer: JobConsumer, dispatcher: Dispatcher) =>
            new ReconcileTenantJob(consumer, dispatcher, { concurrency, leaseMs }),
        },
        {
          provide: ReconcileChangedJob,
          inject: [JobConsumer, Dispatcher],
          useFactory: (consumer: JobConsumer, dispatcher: Dispatcher) =>
            new ReconcileChangedJob(consumer, dispatcher, leaseMs),
        },
        {
          provide: ReconcileTenantUrgentlyJob,
          inject: [JobConsumer, Reconciler],
          useFactory: (consumer: JobConsumer, reconciler: Reconciler) =>
            new ReconcileTenantUrgentlyJob(consumer, reconciler, leaseMs),
        },
      ],
    };
  }
}
