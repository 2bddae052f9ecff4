/** Reports whether a text is a web origin as browsers send it: scheme, host and port, and nothing else (RFC 6454). */
export function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, protocol } = new URL(text);
  return origin === text && (protocol === 'http:' || protocol === 'https:');
}
