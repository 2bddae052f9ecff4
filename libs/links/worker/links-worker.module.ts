import { type DynamicModule, Module } from '@nestjs/common';

import { LinkChanges } from '../link-changes.js';
import { LinkDriver } from './link-driver.js';

/** Drives links. */
@Module({})
export class LinksWorkerModule {
  /** @param imports where `Clusters` and `TenantChanges` come from. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return { module: LinksWorkerModule, imports, providers: [LinkChanges, LinkDriver] };
  }
}
