import { type DynamicModule, Module } from '@nestjs/common';

import { LinkDriver } from './link-driver.js';

/** Carries links out. */
@Module({})
export class LinksWorkerModule {
  /** @param imports where `Clusters` and the queue come from. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return { module: LinksWorkerModule, imports, providers: [LinkDriver] };
  }
}
