import { AccessModule } from '#access';
import { AuditModule } from '#audit';
import { BackgroundModule } from '#background';
import { type Config } from '#config';
import { LinksModule } from '#links';
import { PersistenceModule, Statements } from '#persistence';
import { PoliciesModule } from '#policies';
import { ProofModule } from '#proof';
import { QuestionsModule } from '#questions';
import { QueueModule } from '#queue';
import { RolloutsModule } from '#rollouts';
import { RoutingModule } from '#routing';
import { loggerOptions, Monitoring } from '#telemetry';
import { ChangeFeed, TenancyModule } from '#tenancy';
import { TrafficModule } from '#traffic';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';

import { AccessGuard } from './access/access.guard.js';
import { ApiKeyStrategy } from './access/api-key.strategy.js';
import { DeclaredRoutes } from './access/declared-routes.js';
import { AuditEventsController } from './audit/audit-events.controller.js';
import { ClustersController } from './clusters/clusters.controller.js';
import { DeletionKeysController } from './deletions/deletion-keys.controller.js';
import { DeletionsController } from './deletions/deletions.controller.js';
import { EventStreams } from './events/event-streams.js';
import { EventsController } from './events/events.controller.js';
import { HealthController } from './health/health.controller.js';
import { HoldsController } from './holds/holds.controller.js';
import { HostsController } from './hosts/hosts.controller.js';
import { IdempotencyKeys } from './http/idempotency.js';
import { ProblemFilter } from './http/problem.filter.js';
import { IsolationChecksController } from './isolation-checks/isolation-checks.controller.js';
import { LinksController } from './links/links.controller.js';
import { ObservabilityController } from './observability/observability.controller.js';
import { OperationsController } from './operations/operations.controller.js';
import { WaitInterceptor } from './operations/wait.interceptor.js';
import { PlansController } from './plans/plans.controller.js';
import { PoliciesController } from './policies/policies.controller.js';
import { PolicyImportsController } from './policies/policy-imports.controller.js';
import { ViolationsController } from './policies/violations.controller.js';
import { PreviewsController } from './previews/previews.controller.js';
import { QuarantinesController } from './quarantines/quarantines.controller.js';
import { ReachabilityController } from './reachability/reachability.controller.js';
import { ReachabilityService } from './reachability/reachability.service.js';
import { RolloutsController } from './rollouts/rollouts.controller.js';
import { RoutesController } from './routes/routes.controller.js';
import { ShiftsController } from './routes/shifts.controller.js';
import { DriftController } from './tenants/drift.controller.js';
import { TenantsController } from './tenants/tenants.controller.js';

/** Longest time of a statement, which is less than callers wait. */
const STATEMENT_MS = 20_000;

/** Composition root of the API. The API writes desired state and never talks to a cluster. */
@Module({})
export class ApiModule {
  static forRoot(config: Config): DynamicModule {
    const queue = QueueModule.forRoot(config.queue);
    const questions = QuestionsModule.forRoot([queue]);
    const tenancy = TenancyModule.forRoot([queue, questions]);
    return {
      module: ApiModule,
      imports: [
        // A Fastify hook logs requests.
        LoggerModule.forRoot({ pinoHttp: loggerOptions('api', config.log.level), forRoutes: [] }),
        PersistenceModule.forRoot(config.database, 'bulkhead-api', { statementMs: STATEMENT_MS }),
        BackgroundModule.forRoot('api'),
        AccessModule,
        AuditModule,
        DiscoveryModule,
        RolloutsModule.forRoot(),
        tenancy,
        LinksModule.forRoot([tenancy]),
        PoliciesModule.forRoot(config.policyJudge, [tenancy]),
        ProofModule.forRoot([tenancy]),
        RoutingModule.forRoot([tenancy]),
        TrafficModule.forRoot(config.prometheus, [tenancy]),
      ],
      controllers: [
        AuditEventsController,
        ClustersController,
        DeletionKeysController,
        DeletionsController,
        DriftController,
        EventsController,
        HealthController,
        HoldsController,
        HostsController,
        IsolationChecksController,
        ObservabilityController,
        LinksController,
        OperationsController,
        PlansController,
        PoliciesController,
        PolicyImportsController,
        PreviewsController,
        ReachabilityController,
        QuarantinesController,
        RolloutsController,
        RoutesController,
        ShiftsController,
        TenantsController,
        ViolationsController,
      ],
      providers: [
        ApiKeyStrategy,
        DeclaredRoutes,
        {
          provide: EventStreams,
          inject: [ChangeFeed],
          useFactory: (feed: ChangeFeed) => new EventStreams(feed, config.http.eventStreams),
        },
        IdempotencyKeys,
        {
          provide: Monitoring,
          inject: [Statements],
          useFactory: (statements: Statements) =>
            new Monitoring(config.monitoring, () => statements.run('health', 'SELECT 1', [])),
        },
        ReachabilityService,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_INTERCEPTOR, useClass: WaitInterceptor },
      ],
    };
  }
}
