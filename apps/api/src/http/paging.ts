import { type Page, type PageRequest } from '#persistence';
import { DomainError } from '#problems';
import { z } from 'zod';

/** Query parameters of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Most items in the answer.'),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before.'),
};

/** A page of a list, as it is answered. */
export function pageSchema<T extends z.ZodType>(
  item: T,
): z.ZodObject<{ items: z.ZodArray<T>; nextCursor: z.ZodNullable<z.ZodString> }> {
  return z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Ask for the next page with it; null on the last page.'),
  });
}

/**
 * What the query asks for.
 * @param isKey whether a text can be what the list is sorted by.
 * @throws `request.cursor_invalid`
 */
export function pageRequest(
  query: { limit: number; cursor?: string | undefined },
  isKey: (text: string) => boolean,
): PageRequest {
  if (query.cursor === undefined) return { limit: query.limit, after: null };
  const after = Buffer.from(query.cursor, 'base64url').toString('utf8');
  if (!isKey(after)) throw new DomainError('request.cursor_invalid', 'Use the nextCursor of an answer of this list.');
  return { limit: query.limit, after };
}

/** The answer for a page, as `pageSchema` describes it. */
export interface PageOf<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** The answer for a page. The cursor is opaque, so that what it holds can change. */
export function pageResponse<T, R>(page: Page<T>, present: (item: T) => R): PageOf<R> {
  const nextCursor = page.next === null ? null : Buffer.from(page.next, 'utf8').toString('base64url');
  return { items: page.items.map(present), nextCursor };
}
