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

/** Provides the API side of hosts, routes and shifts. Workers carry them out. */
@Module({})
export class RoutingModule {
  /** @param imports modules that provide `TenantChanges` and `PlansService`. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: RoutingModule,
      imports: [TypeOrmModule.forFeature([Host, Route, RouteShift, Tenant]), ...imports],
      providers: [HostsService, RoutesService, ShiftsService],
      exports: [HostsService, RoutesService, ShiftsService],
    };
  }
}

/** Carries shifts out. */
@Module({})
export class ShiftDriverModule {
  /** @param imports modules that provide `TenantChanges`. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: ShiftDriverModule,
      imports,
      providers: [ShiftAdvance, ShiftDriver],
    };
  }
}
