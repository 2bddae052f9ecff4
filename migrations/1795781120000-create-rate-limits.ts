import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateRateLimits1795781120000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // What is counted is over in a minute: it needs no write-ahead log, and a crash may forget it. The columns are those of
    // rate-limiter-flexible.
    await queryRunner.query(`
      CREATE UNLOGGED TABLE rate_limits (
        key text CONSTRAINT rate_limits_pkey PRIMARY KEY,
        points integer NOT NULL DEFAULT 0,
        expire bigint
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE rate_limits');
  }
}
