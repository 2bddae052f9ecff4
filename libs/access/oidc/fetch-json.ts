import { readFileSync } from 'node:fs';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** How long an issuer has to answer. */
const TIMEOUT_MS = 5_000;

/** More than any set of keys has. */
const MOST_BYTES = 512 * 1024;

interface Connection {
  /** PEM file of the certificate authorities to trust instead of those of Node. */
  caFile?: string | undefined;
  /** File of the bearer token to send, such as that of the pod's ServiceAccount: API servers ask for one. */
  tokenFile?: string | undefined;
}

/**
 * Reads a JSON document of an issuer. Redirects are not followed. The files are read for each request, because both are
 * rotated.
 * @throws if there is no such document
 */
export async function fetchJson(url: string, { caFile, tokenFile }: Connection): Promise<unknown> {
  const token = tokenFile === undefined ? null : readFileSync(tokenFile, 'utf8').trim();
  // Kubernetes answers 406 to those who do not name the type of a set of keys.
  const accept = 'application/jwk-set+json, application/json';
  const headers = { accept, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const options = { headers, signal, ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }) };
  const text = await new Promise<string>((resolve, reject) => {
    const request = url.startsWith('https:') ? requestHttps(url, options) : requestHttp(url, options);
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.once('error', reject);
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) request.destroy(new Error(`${url} answered more than ${MOST_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.once('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    request.end();
  });
  return JSON.parse(text) as unknown;
}
