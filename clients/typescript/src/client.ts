import createFetchClient, { type Client } from 'openapi-fetch';

import { type paths } from './openapi.js';
import { retrying, type RetryOptions } from './retries.js';

/** A client with one method for each HTTP method, typed by the paths of the API. */
export type BulkheadClient = Client<paths>;

export interface ClientOptions {
  /** Address of the API without a path, such as `https://bulkhead.example`. */
  url: string;
  /**
   * An API key, or an access token of an issuer that the API trusts. A function is asked before every request, so that
   * a token can be renewed.
   */
  credential: string | (() => string | Promise<string>);
  /** How failures that pass are retried; by default five times. */
  retries?: RetryOptions;
  /** Sends the requests; by default the global `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
}

const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Returns a client of the API. Every change is sent with an idempotency key, so that it happens once however often the
 * client has to repeat it. Merge patches are sent as `application/merge-patch+json`.
 */
export function createClient({ url, credential, retries, fetch }: ClientOptions): BulkheadClient {
  const client = createFetchClient<paths>({
    baseUrl: url.replace(/\/+$/, ''),
    fetch: retrying(fetch ?? ((request) => globalThis.fetch(request)), retries),
  });
  client.use({
    async onRequest({ request }) {
      const secret = typeof credential === 'string' ? credential : await credential();
      request.headers.set('authorization', `Bearer ${secret}`);
      if (changing.has(request.method) && !request.headers.has('idempotency-key')) {
        request.headers.set('idempotency-key', crypto.randomUUID());
      }
      if (request.method === 'PATCH') request.headers.set('content-type', 'application/merge-patch+json');
    },
  });
  return client;
}
