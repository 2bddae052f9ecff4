/** An entity tag of a list (RFC 9110, section 8.8.3). */
export interface EntityTag {
  weak: boolean;
  /** What stands between the quotes. */
  opaque: string;
}

/** One tag of a list, with the comma in front of it; empty elements are allowed (RFC 9110, section 5.6.1). */
const MEMBER = /[\s,]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?=,|$)/gy;

/**
 * Reads `If-Match` or `If-None-Match`.
 * @returns `*`, which any existing resource matches; the tags of the list; null if the header is neither
 */
export function entityTags(header: string): '*' | EntityTag[] | null {
  const text = header.trim();
  if (text === '*') return '*';
  const tags: EntityTag[] = [];
  let read = 0;
  for (const [whole, weak, opaque = ''] of text.matchAll(MEMBER)) {
    tags.push({ weak: weak !== undefined, opaque });
    read += whole.length;
  }
  return tags.length > 0 && /^[\s,]*$/.test(text.slice(read)) ? tags : null;
}

/**
 * Reports whether a list of `If-None-Match` names a representation; weak tags name it as well (RFC 9110, section
 * 13.1.2).
 * @param etag of the representation, as its header is written
 */
export function namesTag(header: string, etag: string): boolean {
  const [own] = entityTags(etag) ?? [];
  const tags = entityTags(header);
  if (tags === '*') return true;
  return typeof own === 'object' && tags !== null && tags.some(({ opaque }) => opaque === own.opaque);
}
