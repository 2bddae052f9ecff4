import { Agent, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';

// A separate agent, because the global one can be configured to use a proxy even for this machine.
const agent = new Agent({ keepAlive: false });

/**
 * Sends one request to Bulkhead's API; resolves to `{status, headers, body}`.
 * @param {{ apiUrl: string, adminApiKey?: string }} api
 */
export function apiRequest({ apiUrl, adminApiKey }, method, path, { body, timeoutMs = 10_000 } = {}) {
  const url = new URL(path, apiUrl);
  const headers = { accept: 'application/json' };
  if (adminApiKey) headers.authorization = `Bearer ${adminApiKey}`;
  const text = body === undefined ? undefined : JSON.stringify(body);
  if (text !== undefined) headers['content-type'] = 'application/json';
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const options = { method, headers, timeout: timeoutMs, ...(secure ? {} : { agent }) };
    const outgoing = (secure ? secureRequest : plainRequest)(url, options, (response) => {
      let received = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (received += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body: parsed(received) });
      });
      response.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
