import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Counts how often a tenant was made due at once, so that a pass under way notices at its end that another one was
 * requested. A trigger counts, so that no writer can forget to, programs of older versions included. Generations are also
 * announced: workers learn of changed tenants at once, and a pass for an older generation can end early.
 */
export class CountWakes1795777260000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE tenants ADD COLUMN wakes integer NOT NULL DEFAULT 0');
    await queryRunner.query(`
      CREATE FUNCTION count_wake() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          NEW.wakes := OLD.wakes + 1;
          RETURN NEW;
        END $$`);
    await queryRunner.query(`
      CREATE TRIGGER tenants_count_wake BEFORE UPDATE OF next_reconcile_at ON tenants
        FOR EACH ROW WHEN (NEW.next_reconcile_at <= now()) EXECUTE FUNCTION count_wake()`);
    await queryRunner.query(`
      CREATE FUNCTION notify_generation() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM pg_notify('bulkhead_generations', NEW.id::text || ' ' || NEW.generation);
          RETURN NULL;
        END $$`);
    await queryRunner.query(`
      CREATE TRIGGER tenants_notify_new AFTER INSERT ON tenants
        FOR EACH ROW EXECUTE FUNCTION notify_generation()`);
    await queryRunner.query(`
      CREATE TRIGGER tenants_notify_generation AFTER UPDATE OF generation ON tenants
        FOR EACH ROW WHEN (OLD.generation < NEW.generation) EXECUTE FUNCTION notify_generation()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TRIGGER tenants_notify_generation ON tenants');
    await queryRunner.query('DROP TRIGGER tenants_notify_new ON tenants');
    await queryRunner.query('DROP FUNCTION notify_generation()');
    await queryRunner.query('DROP TRIGGER tenants_count_wake ON tenants');
    await queryRunner.query('DROP FUNCTION count_wake()');
    await queryRunner.query('ALTER TABLE tenants DROP COLUMN wakes');
  }
}
