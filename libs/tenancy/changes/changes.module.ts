import { type DynamicModule, Module } from '@nestjs/common';

import { TenantReader } from '../tenants/tenant-reader.js';
import { TenantChanges } from './tenant-changes.js';
import { TenantWriter } from './tenant-writer.js';
import { Wakeups } from './wakeups.js';

/** The single way to change tenants, for the API and for workers. Registers no entities, of which workers have none. */
@Module({})
export class ChangesModule {
  /** @param imports where `JobQueue` comes from. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: ChangesModule,
      imports,
      providers: [TenantReader, TenantWriter, TenantChanges, Wakeups],
      exports: [TenantReader, TenantChanges, Wakeups],
    };
  }
}
