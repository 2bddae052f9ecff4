import { PlansModule } from '#tenancy';
import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { RolloutAdvance } from './rollout-advance.js';
import { RolloutDriver } from './rollout-driver.js';
import { RolloutTenant } from './rollout-tenant.entity.js';
import { Rollout } from './rollout.entity.js';
import { RolloutChanges } from './rollout-changes.js';
import { RolloutsService } from './rollouts.service.js';

/** Rollouts as they are asked for and looked at. Carrying them out is the worker's work. */
@Module({})
export class RolloutsModule {
  /** Named here and not at the class, so that a worker, which has no entities, need not know these. */
  static forRoot(): DynamicModule {
    return {
      module: RolloutsModule,
      imports: [TypeOrmModule.forFeature([Rollout, RolloutTenant]), PlansModule],
      providers: [RolloutsService, RolloutChanges],
      exports: [RolloutsService, RolloutChanges],
    };
  }
}

/** What carries rollouts out. */
@Module({})
export class RolloutDriverModule {
  /** @param imports where `TenantChanges` comes from. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: RolloutDriverModule,
      imports,
      providers: [RolloutAdvance, RolloutDriver],
      exports: [RolloutDriver],
    };
  }
}
