import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { LinkChanges } from './link-changes.js';
import { Link } from './link.entity.js';
import { LinksService } from './links.service.js';

/** Links as they are asked for and looked at. */
@Module({})
export class LinksModule {
  /** @param imports where `TenantChanges` comes from */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: LinksModule,
      imports: [TypeOrmModule.forFeature([Link]), ...imports],
      providers: [LinkChanges, LinksService],
      exports: [LinksService],
    };
  }
}
