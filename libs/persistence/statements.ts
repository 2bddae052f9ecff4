import { Injectable } from '@nestjs/common';
import { type ClientBase, type Pool, type QueryResultRow } from 'pg';
import { DataSource, QueryFailedError } from 'typeorm';
import { type PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

import { type Transaction } from './transactions.js';

/** Runs prepared statements. Each connection of the pool prepares one once, so Postgres does not parse it again. */
@Injectable()
export class Statements {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs a statement and returns its rows.
   * @param name unique for this text
   * @param transaction the transaction to run in; by default none
   * @throws QueryFailedError like TypeORM; errors of the connection are passed on
   */
  async run<R extends QueryResultRow>(
    name: string,
    text: string,
    values: unknown[],
    transaction?: Transaction,
  ): Promise<R[]> {
    try {
      const connection = transaction === undefined ? this.pool : await connectionOf(transaction);
      const { rows } = await connection.query<R>({ name, text, values });
      return rows;
    } catch (error) {
      if (error instanceof Error && 'severity' in error) throw new QueryFailedError(text, values, error);
      throw error;
    }
  }

  private get pool(): Pool {
    // TypeORM gives its pool and its connections no type. Another driver would need other statements as well.
    return (this.dataSource.driver as PostgresDriver).master as Pool;
  }
}

async function connectionOf({ manager: { queryRunner } }: Transaction): Promise<ClientBase> {
  if (queryRunner === undefined) throw new Error('the transaction has no connection');
  return (await queryRunner.connect()) as ClientBase;
}
