import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { Plan, PlanVersion } from './plan.entity.js';
import { PlansService } from './plans.service.js';

/** Provides plans without tenants. */
@Module({
  imports: [TypeOrmModule.forFeature([Plan, PlanVersion])],
  providers: [PlansService],
  exports: [PlansService],
})
export class PlansModule {}
