/** A body with headers, for handlers that answer with more than a body. */
export class Answer<T> {
  constructor(
    readonly body: T,
    readonly headers: Record<string, string> = {},
  ) {}
}

/** A strong ETag (RFC 9110, section 8.8.3) of one revision of a resource. */
export function etagOf(id: string, revision: number): string {
  return `"${id}.${revision}"`;
}
