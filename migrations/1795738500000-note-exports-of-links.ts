import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which links have changed to whom their Service is told, so that it is taken back when they end. */
export class NoteExportsOfLinks1795738500000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE links ADD exported boolean NOT NULL DEFAULT false');
    await queryRunner.query('CREATE INDEX links_to_withdraw_idx ON links (id) WHERE exported AND ended_at IS NOT NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX links_to_withdraw_idx');
    await queryRunner.query('ALTER TABLE links DROP exported');
  }
}
