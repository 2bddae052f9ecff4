import { Tenant } from '#tenancy';
import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { Host } from './host.entity.js';
import { HostsService } from './hosts.service.js';
import { RouteShift } from './route-shift.entity.js';
import { Route } from './route.entity.js';
import { RoutesService } from './routes.service.js';
import { ShiftAdvance } from './shift-advance.js';
import { ShiftDriver } from './shift-driver.js';
import { ShiftsService } from './shifts.service.js';

/** Hosts, routes and shifts as they are asked for and looked at. Carrying them out is the worker's work. */
@Module({})
export class RoutingModule {
  /** @param imports where `TenantChanges` and `PlansService` come from. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: RoutingModule,
      imports: [TypeOrmModule.forFeature([Host, Route, RouteShift, Tenant]), ...imports],
      providers: [HostsService, RoutesService, ShiftsService],
      exports: [HostsService, RoutesService, ShiftsService],
    };
  }
}

/** What takes the steps of shifts. */
@Module({})
export class ShiftDriverModule {
  /** @param imports where `TenantChanges` comes from. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: ShiftDriverModule,
      imports,
      providers: [ShiftAdvance, ShiftDriver],
      exports: [ShiftDriver],
    };
  }
}
