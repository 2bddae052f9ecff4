import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreateAuditLog1795770000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // `entry` is text, because the chain is over its letters; the other columns repeat what is asked by.
    await queryRunner.query(`
      CREATE TABLE audit_events (
        id uuid CONSTRAINT audit_events_pkey PRIMARY KEY,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        tenant_ids uuid[] NOT NULL,
        entry text NOT NULL,
        sequence bigint CONSTRAINT audit_events_sequence_key UNIQUE,
        hash text,
        CONSTRAINT audit_events_sealed_check CHECK ((sequence IS NULL) = (hash IS NULL))
      )`);
    await queryRunner.query('CREATE INDEX audit_events_unsealed_idx ON audit_events (id) WHERE sequence IS NULL');
    await queryRunner.query('CREATE INDEX audit_events_actor_idx ON audit_events (actor, id)');
    await queryRunner.query('CREATE INDEX audit_events_action_idx ON audit_events (action, id)');
    await queryRunner.query('CREATE INDEX audit_events_tenant_ids_idx ON audit_events USING gin (tenant_ids)');
    // One row: the newest signature.
    await queryRunner.query(`
      CREATE TABLE audit_head (
        singleton boolean CONSTRAINT audit_head_pkey PRIMARY KEY DEFAULT true CHECK (singleton),
        statement jsonb NOT NULL,
        key_id text NOT NULL,
        jws text NOT NULL
      )`);
    await queryRunner.query(`
      CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'UPDATE' THEN
          IF OLD.sequence IS NULL AND
            (NEW.id, NEW.at, NEW.actor, NEW.action, NEW.tenant_ids, NEW.entry)
            = (OLD.id, OLD.at, OLD.actor, OLD.action, OLD.tenant_ids, OLD.entry)
          THEN
            RETURN NEW;
          END IF;
        END IF;
        RAISE EXCEPTION 'the audit log is only ever added to';
      END $$`);
    await queryRunner.query(
      `CREATE TRIGGER refuse_row_change BEFORE UPDATE OR DELETE ON audit_events
       FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()`,
    );
    await queryRunner.query(
      `CREATE TRIGGER refuse_truncation BEFORE TRUNCATE ON audit_events
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE audit_events');
    await queryRunner.query('DROP FUNCTION refuse_audit_change');
    await queryRunner.query('DROP TABLE audit_head');
  }
}
