import { type DynamicModule, Module } from '@nestjs/common';

import { LinkDriver } from './link-driver.js';

/** Drives links. */
@Module({})
export class LinksWorkerModule {
  /** @param imports modules that provide `Clusters` and the queue. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return { module: LinksWorkerModule, imports, providers: [LinkDriver], exports: [LinkDriver] };
  }
}
