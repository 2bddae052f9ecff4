/**
 * Whether everything that was rendered stands in the live object. What the live object has beyond that
 * (defaults, status, fields of others) does not count. Lists must agree in length and order: the lists
 * that Bulkhead renders are atomic in the API.
 */
export function matches(rendered: unknown, live: unknown): boolean {
  if (Array.isArray(rendered)) {
    return (
      Array.isArray(live) &&
      live.length === rendered.length &&
      rendered.every((item, index) => matches(item, live[index] as unknown))
    );
  }
  if (!isRecord(rendered)) return rendered === live;
  if (isRecord(live)) return Object.entries(rendered).every(([key, value]) => matches(value, live[key]));
  // The API server leaves out a struct or map that is empty.
  return live === undefined && Object.keys(rendered).length === 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
