import { type DatabaseConfig } from '#config';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { type DataSource, type DataSourceOptions } from 'typeorm';

import { dataSourceOptions, type SessionOptions } from './data-source-options.js';
import { WatchedDataSource } from './open-transactions.js';
import { Statements } from './statements.js';
import { Transactions } from './transactions.js';

/** Provides the database of a process: a TypeORM `DataSource`, `Transactions` and `Statements`. */
@Global()
@Module({})
export class PersistenceModule {
  static forRoot(config: DatabaseConfig, applicationName: string, session?: SessionOptions): DynamicModule {
    return {
      module: PersistenceModule,
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({
            ...dataSourceOptions(config, applicationName, session),
            autoLoadEntities: true,
            retryAttempts: 3,
            retryDelay: 1_000,
          }),
          dataSourceFactory: watchedDataSource,
        }),
      ],
      providers: [Statements, Transactions],
      exports: [Statements, Transactions],
    };
  }
}

function watchedDataSource(options?: DataSourceOptions): Promise<DataSource> {
  if (options === undefined) throw new Error('the data source has no options');
  return new WatchedDataSource(options).initialize();
}
