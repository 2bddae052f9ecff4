import { Tenant } from '#tenancy';
import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { IsolationCheck } from './isolation-check.entity.js';
import { IsolationChecksService } from './isolation-checks.service.js';

/** Isolation checks as they are asked for and looked at. */
@Module({})
export class ProofModule {
  /** @param imports where the wake-ups come from. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: ProofModule,
      imports: [TypeOrmModule.forFeature([IsolationCheck, Tenant]), ...imports],
      providers: [IsolationChecksService],
      exports: [IsolationChecksService],
    };
  }
}
