import { PlansModule } from '#tenancy';
import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { RolloutAdvance } from './rollout-advance.js';
import { RolloutDriver } from './rollout-driver.js';
import { RolloutTenant } from './rollout-tenant.entity.js';
import { Rollout } from './rollout.entity.js';
import { RolloutChanges } from './rollout-changes.js';
import { RolloutsService } from './rollouts.service.js';

/** Provides the API side of rollouts. Workers carry them out. */
@Module({})
export class RolloutsModule {
  /** Entities are listed here instead of on the class, because workers do not register entities. */
  static forRoot(): DynamicModule {
    return {
      module: RolloutsModule,
      imports: [TypeOrmModule.forFeature([Rollout, RolloutTenant]), PlansModule],
      providers: [RolloutsService, RolloutChanges],
      exports: [RolloutsService, RolloutChanges],
    };
  }
}

/** Carries rollouts out. */
@Module({})
export class RolloutDriverModule {
  /** @param imports modules that provide `TenantChanges`. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: RolloutDriverModule,
      imports,
      providers: [RolloutAdvance, RolloutDriver],
    };
  }
}
