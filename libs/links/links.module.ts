import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { LinkChanges } from './link-changes.js';
import { Link } from './link.entity.js';
import { LinksService } from './links.service.js';

/** Provides the API side of links. */
@Module({})
export class LinksModule {
  /** @param imports modules that provide `TenantChanges` */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: LinksModule,
      imports: [TypeOrmModule.forFeature([Link]), ...imports],
      providers: [LinkChanges, LinksService],
      exports: [LinksService],
    };
  }
}
