/** What the headers of responses mean, by their names. */
export const responseHeaders = {
  Location: 'Path of what to poll or read next: the operation of the change, or the resource that was created.',
  ETag: 'Version of the resource, for `If-Match` and `If-None-Match` (RFC 9110, section 8.8.3).',
  'Retry-After': 'Seconds after which to ask again.',
  RateLimit: 'What is left of the limit: its name, requests `r`, and seconds `t` until all are available again.',
  'RateLimit-Policy': 'The limit of the caller: its name, requests `q` in a window of `w` seconds.',
  'Preference-Applied': 'For how long the answer was held back at most, such as `wait=30` (RFC 7240).',
  'Preview-Match': 'The quoted token for `If-Preview-Match`.',
  'WWW-Authenticate': 'How to authenticate (RFC 9110, section 11.6.1).',
  'Cache-Control': '`no-store`.',
} as const;

export type ResponseHeader = keyof typeof responseHeaders;
