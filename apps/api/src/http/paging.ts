import { type Page, type PageRequest } from '#persistence';
import { DomainError } from '#problems';
import { z } from 'zod';

/** Most items of a page. */
export const MOST_ITEMS = 200;

/** Query parameters of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(MOST_ITEMS).default(50).describe('Maximum number of items.'),
  cursor: z
    .string()
    .max(500)
    .meta({ pattern: '^[A-Za-z0-9_-]*$', description: '`nextCursor` of the previous page.' })
    .optional(),
};

const nextCursor = z
  .string()
  .nullable()
  .meta({ id: 'NextCursor', description: 'Cursor of the next page; null on the last page.' });

type PageSchema<T extends z.ZodType> = z.ZodObject<{ items: z.ZodArray<T>; nextCursor: z.ZodNullable<z.ZodString> }>;

const pages = new WeakMap<z.ZodType, z.ZodObject>();

/** Schema of one page of a list, which is named after its items. */
export function pageSchema<T extends z.ZodType>(item: T): PageSchema<T> {
  const known = pages.get(item) as PageSchema<T> | undefined;
  if (known !== undefined) return known;
  const page = z
    .strictObject({
      items: z.array(item).max(MOST_ITEMS),
      nextCursor,
    })
    .meta({ id: `${z.globalRegistry.get(item)?.id ?? ''}Page` });
  pages.set(item, page);
  return page;
}

/**
 * Maps paging parameters to a page request.
 * @param isKey reports whether a text is a valid sort key of the list.
 * @throws `request.cursor_invalid`
 */
export function pageRequest(
  query: { limit: number; cursor?: string | undefined },
  isKey: (text: string) => boolean,
): PageRequest {
  if (query.cursor === undefined) return { limit: query.limit, after: null };
  const after = Buffer.from(query.cursor, 'base64url').toString('utf8');
  if (!isKey(after)) throw new DomainError('request.cursor_invalid', 'Use the nextCursor of a page of this list.');
  return { limit: query.limit, after };
}

/** The answer for a page, as `pageSchema` describes it. */
export interface PageOf<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Maps a page to its response. The cursor is opaque, so its content can change. */
export function pageResponse<T, R>(page: Page<T>, present: (item: T) => R): PageOf<R> {
  const nextCursor = page.next === null ? null : Buffer.from(page.next, 'utf8').toString('base64url');
  return { items: page.items.map(present), nextCursor };
}
