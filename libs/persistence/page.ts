/** A request for a page of a list, newest first. `after` is the last id of the previous page. */
export interface PageRequest {
  limit: number;
  after: string | null;
}

export interface Page<T> {
  items: T[];
  /** `after` for the next page; null on the last page. */
  next: string | null;
}

/**
 * Builds a page from rows that were read with one extra row.
 * @param key returns the sort key of a row.
 */
export function pageOf<T>(rows: T[], limit: number, key: (row: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? key(last) : null };
}
