import { type DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';

/** A row by column name, from `SELECT t.*` or from `to_jsonb`, in which times are texts. */
export type Row = Record<string, unknown>;

/**
 * Returns a function that maps a row of a handwritten statement to an entity. For the few reads that must be fast:
 * TypeORM rebuilds its statement each time and selects every column under an alias.
 * @param dataSource is first asked for the entity when the first row is read: a worker registers no entities.
 */
export function rowReader<Entity extends ObjectLiteral>(
  dataSource: DataSource,
  target: EntityTarget<Entity>,
): (row: Row) => Entity {
  let read: ((row: Row) => Entity) | null = null;
  return (row) => {
    read ??= readerOf(dataSource, target);
    return read(row);
  };
}

function readerOf<Entity extends ObjectLiteral>(
  dataSource: DataSource,
  target: EntityTarget<Entity>,
): (row: Row) => Entity {
  const metadata = dataSource.getMetadata(target);
  const columns = metadata.columns.map(({ databaseName, propertyName, transformer, type }) => {
    const transformers = [transformer ?? []].flat();
    return { databaseName, propertyName, transformers, isTime: type === 'timestamptz' };
  });
  return (row) => {
    const entity = metadata.create() as Row;
    for (const { databaseName, propertyName, transformers, isTime } of columns) {
      let value: unknown = row[databaseName] ?? null;
      if (isTime && typeof value === 'string') value = new Date(value);
      for (const transformer of transformers) value = transformer.from(value);
      entity[propertyName] = value;
    }
    return entity as Entity;
  };
}
