import { type Outcome, unwrap } from './unwrap.js';

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/**
 * Iterates over all items of a list, page by page. The next page is asked for when it is needed.
 * @param read reads the page at a cursor, the first one without; add filters and `limit` there
 * @throws BulkheadError if the API refuses a page
 * @example for await (const tenant of items((cursor) => client.GET('/v1/tenants', { params: { query: { ...cursor } } }))) …
 */
export async function* items<T>(
  read: (query: { cursor?: string }) => Promise<Outcome<Page<T>>>,
): AsyncGenerator<T, void, undefined> {
  let query: { cursor?: string } = {};
  for (;;) {
    const page = await unwrap(read(query));
    yield* page.items;
    if (page.nextCursor === null) return;
    query = { cursor: page.nextCursor };
  }
}
