/** A page of a list, newest first. `after` is the id that the previous page ended with. */
export interface PageRequest {
  limit: number;
  after: string | null;
}

export interface Page<T> {
  items: T[];
  /** Ask for the next page with this as `after`; null at the end. */
  next: string | null;
}

/**
 * Makes a page of rows that were read with one row more than asked for.
 * @param key the value of a row that the list is sorted by.
 */
export function pageOf<T>(rows: T[], limit: number, key: (row: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? key(last) : null };
}
