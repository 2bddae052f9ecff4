import { type EntityMetadata } from 'typeorm';

/** A row by column name, from `SELECT t.*` or from `to_jsonb`, in which times are texts. */
export type Row = Record<string, unknown>;

/**
 * Returns a function that maps a row of a handwritten statement to an entity. For the few reads that must be fast:
 * TypeORM rebuilds its statement each time and selects every column under an alias.
 */
export function rowReader(metadata: EntityMetadata): (row: Row) => Row {
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
    return entity;
  };
}
