import { Injectable } from '@nestjs/common';
import { type ClientBase, type Pool, type QueryResultRow } from 'pg';
import { DataSource, QueryFailedError } from 'typeorm';
import { type PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

import { type Transaction } from './transactions.js';

/** Statements that each connection of the pool prepares once, so that Postgres does not parse and plan them anew. */
@Injectable()
export class Statements {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs a statement and returns its rows.
   * @param name one name for one text, for ever
   * @param transaction what it belongs to; without one it stands alone
   * @throws QueryFailedError as TypeORM does; an error of the connection as it is
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
  if (queryRunner === undefined) throw new Error('the transaction has no connection of its own');
  return (await queryRunner.connect()) as ClientBase;
}
