import { type DataSource, type EntityMetadata, type EntityTarget, type ObjectLiteral } from 'typeorm';

/** A row by column name, from named columns or from `to_jsonb`, in which times are texts. */
export type Row = Record<string, unknown>;

interface Column {
  databaseName: string;
  propertyName: string;
  transformers: readonly { from: (value: unknown) => unknown }[];
  isTime: boolean;
}

/**
 * Maps rows of handwritten statements to an entity. For the few reads that must be fast: TypeORM rebuilds its statement
 * each time and selects every column under an alias. A worker registers no entities, so the entity is asked for when
 * something is first read.
 */
export class RowReader<Entity extends ObjectLiteral> {
  private known: { metadata: EntityMetadata; columns: readonly Column[] } | null = null;

  constructor(
    private readonly dataSource: DataSource,
    private readonly target: EntityTarget<Entity>,
  ) {}

  /**
   * The columns of a table for `SELECT`, by name: Postgres refuses a prepared statement whose `*` has changed, so each
   * connection would fail once after a migration that adds a column.
   * @param alias of the table in the statement
   */
  columns(alias: string): string {
    return this.entity.columns.map(({ databaseName }) => `${alias}.${databaseName}`).join(', ');
  }

  /** The entity of a row. */
  readonly read = (row: Row): Entity => {
    const { metadata, columns } = this.entity;
    const entity = metadata.create() as Row;
    for (const { databaseName, propertyName, transformers, isTime } of columns) {
      let value: unknown = row[databaseName] ?? null;
      if (isTime && typeof value === 'string') value = new Date(value);
      for (const transformer of transformers) value = transformer.from(value);
      entity[propertyName] = value;
    }
    return entity as Entity;
  };

  private get entity(): NonNullable<RowReader<Entity>['known']> {
    if (this.known !== null) return this.known;
    const metadata = this.dataSource.getMetadata(this.target);
    const columns = metadata.columns.map(({ databaseName, propertyName, transformer, type }) => {
      return { databaseName, propertyName, transformers: [transformer ?? []].flat(), isTime: type === 'timestamptz' };
    });
    this.known = { metadata, columns };
    return this.known;
  }
}
