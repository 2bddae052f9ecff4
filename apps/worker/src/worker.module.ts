import { AuditSealer } from '#audit';
import { BackgroundModule } from '#background';
import { type ClusterConnection, ClustersModule } from '#clusters';
import { type Config } from '#config';
import { DeletionCertificates, EngineModule, explainFailure } from '#engine';
import { LinksWorkerModule } from '#links/worker';
import { RuleExpiryModule } from '#network-rules';
import { PersistenceModule, Statements } from '#persistence';
import { PoliciesWorkerModule } from '#policies/worker';
import { ProofWorkerModule } from '#proof/worker';
import { AnswerersModule } from '#questions';
import { QueueModule } from '#queue';
import { RolloutDriverModule } from '#rollouts';
import { ShiftDriverModule } from '#routing';
import { loggerOptions, Monitoring } from '#telemetry';
import { ChangesModule } from '#tenancy';
import { type DynamicModule, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { DataSource } from 'typeorm';

import { configuredConnection } from './cluster-settings.js';

/** Longest time of a statement. Those of passes and loops take milliseconds. */
const STATEMENT_MS = 30_000;

/** Composition root of the worker: everything that talks to clusters. */
@Module({})
export class WorkerModule {
  /** @param connections of this worker; by default the one that the environment describes. */
  static forRoot(
    config: Config,
    connections: readonly ClusterConnection[] = [configuredConnection(config.worker)],
  ): DynamicModule {
    const queue = QueueModule.forRoot(config.queue);
    const changes = ChangesModule.forRoot([queue]);
    const clusters = ClustersModule.forRoot(connections);
    const answerers = AnswerersModule.forRoot(explainFailure);
    const policies = PoliciesWorkerModule.forRoot(config.policyJudge, [clusters, answerers]);
    const engine = EngineModule.forRoot({
      ...config.worker,
      imports: [changes, clusters, answerers, queue],
    });
    return {
      module: WorkerModule,
      imports: [
        LoggerModule.forRoot({ pinoHttp: loggerOptions('worker', config.log.level) }),
        // A pass takes its lease by a statement whose plan costs three times as much as its execution, and Postgres would
        // plan it anew for each number of leases that are taken together. A plan that is made while tables are empty would
        // read them whole until Postgres has statistics; everything that grows has an index that the worker asks by.
        PersistenceModule.forRoot(config.database, 'bulkhead-worker', {
          settings: { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off' },
          statementMs: STATEMENT_MS,
        }),
        BackgroundModule.forRoot('worker'),
        queue,
        answerers,
        RolloutDriverModule.forRoot([changes]),
        ShiftDriverModule.forRoot([changes]),
        RuleExpiryModule.forRoot([changes]),
        clusters,
        policies,
        engine,
        LinksWorkerModule.forRoot([clusters, changes]),
        ProofWorkerModule.forRoot([clusters, engine]),
      ],
      providers: [
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
      ],
    };
  }
}
