import { type EntityMetadata } from 'typeorm';

/** A row by column name: of `SELECT t.*`, or of `to_jsonb`, in which times are texts. */
export type Row = Record<string, unknown>;

/**
 * The columns of an entity out of a row that was read by a statement of our own. For the few reads that have to be
 * fast: TypeORM builds its statement anew each time, and takes a row apart into one alias for each column.
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
