import { Injectable } from '@nestjs/common';
import { type Pool, type QueryResultRow } from 'pg';
import { DataSource, QueryFailedError } from 'typeorm';

/** Statements that each connection of the pool prepares once, so that Postgres does not parse and plan them anew. */
@Injectable()
export class Statements {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs a statement outside any transaction and returns its rows.
   * @param name one name for one text, for ever
   * @throws QueryFailedError as TypeORM does; an error of the connection as it is
   */
  async run<R extends QueryResultRow>(name: string, text: string, values: unknown[]): Promise<R[]> {
    // TypeORM types its pool as any.
    const { master: pool } = this.dataSource.driver as unknown as { master: Pool };
    try {
      const { rows } = await pool.query<R>({ name, text, values });
      return rows;
    } catch (error) {
      if (error instanceof Error && 'severity' in error) throw new QueryFailedError(text, values, error);
      throw error;
    }
  }
}
