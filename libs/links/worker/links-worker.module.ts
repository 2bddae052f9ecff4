import { type DynamicModule, Module } from '@nestjs/common';

import { LinkChanges } from '../link-changes.js';
import { LinkDriver } from './link-driver.js';

/** Drives links. */
@Module({})
export class LinksWorkerModule {
  /** @param imports modules that provide `Clusters` and `TenantChanges`. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return { module: LinksWorkerModule, imports, providers: [LinkChanges, LinkDriver] };
  }
}
