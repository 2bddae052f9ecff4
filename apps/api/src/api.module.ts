import { AccessModule, type Issuer } from '#access';
import { AuditModule } from '#audit';
import { BackgroundModule } from '#background';
import { type Config } from '#config';
import { LinksModule } from '#links';
import { NetworkRulesModule } from '#network-rules';
import { PersistenceModule, Statements } from '#persistence';
import { PoliciesModule } from '#policies';
import { ProofModule } from '#proof';
import { QuestionsModule } from '#questions';
import { QueueModule } from '#queue';
import { RolloutsModule } from '#rollouts';
import { RoutingModule } from '#routing';
import { loggerOptions, Monitoring } from '#telemetry';
import { ChangeFeed, ExpiredInvitations, TenancyModule } from '#tenancy';
import { TrafficModule } from '#traffic';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, DiscoveryModule } from '@nestjs/core';
import { LoggerModule } from 'nestjs-pino';
import { DataSource } from 'typeorm';

import { AcceptedInvitations } from './access/accepted-invitations.js';
import { AccessGuard } from './access/access.guard.js';
import { CredentialStrategy } from './access/credential.strategy.js';
import { DeclaredRoutes } from './access/declared-routes.js';
import { ReachGuard } from './access/reach.guard.js';
import { controllers } from './controllers.js';
import { EventStreams } from './events/event-streams.js';
import { IdempotencyKeys } from './http/idempotency.js';
import { ProblemFilter } from './http/problem.filter.js';
import { FailedLogins } from './limits/failed-logins.js';
import { RateLimits } from './limits/rate-limits.js';
import { RateGuard } from './limits/rate.guard.js';
import { WaitInterceptor } from './operations/wait.interceptor.js';
import { ReachabilityService } from './reachability/reachability.service.js';

/** Longest time of a statement, which is less than callers wait. */
const STATEMENT_MS = 20_000;

/** Composition root of the API. The API writes desired state and never talks to a cluster. */
@Module({})
export class ApiModule {
  /** @param issuers whose tokens are accepted */
  static forRoot(config: Config, issuers: readonly Issuer[] = []): DynamicModule {
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
        AccessModule.forRoot(issuers),
        AuditModule,
        DiscoveryModule,
        RolloutsModule.forRoot(),
        tenancy,
        LinksModule.forRoot([tenancy]),
        NetworkRulesModule.forRoot([tenancy]),
        PoliciesModule.forRoot(config.policyJudge, [tenancy]),
        ProofModule.forRoot([tenancy]),
        RoutingModule.forRoot([tenancy]),
        TrafficModule.forRoot(config.prometheus, [tenancy]),
      ],
      controllers,
      providers: [
        AccessGuard,
        CredentialStrategy,
        AcceptedInvitations,
        ReachGuard,
        DeclaredRoutes,
        {
          provide: EventStreams,
          inject: [ChangeFeed],
          useFactory: (feed: ChangeFeed) => new EventStreams(feed, config.http.eventStreams),
        },
        IdempotencyKeys,
        ExpiredInvitations,
        {
          provide: Monitoring,
          inject: [Statements],
          useFactory: (statements: Statements) =>
            new Monitoring(config.monitoring, () => statements.run('health', 'SELECT 1', [])),
        },
        ReachabilityService,
        FailedLogins,
        {
          provide: RateLimits,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new RateLimits(dataSource, config.http.rateLimits),
        },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useExisting: AccessGuard },
        { provide: APP_GUARD, useClass: RateGuard },
        { provide: APP_INTERCEPTOR, useClass: WaitInterceptor },
      ],
    };
  }
}
