import { Agent, request } from 'node:https';

/**
 * Sends one request to a Kubernetes API server; resolves to `{status, body}`. Uses node:https, because it accepts a
 * certificate authority per connection on every Node version and never uses a proxy.
 * @param {{ url: string, ca: string, token: string }} server
 */
export function kubeRequest(server, method, path, options = {}) {
  const { body, contentType = 'application/json', timeoutMs = 10_000 } = options;
  const agent = new Agent({ ca: server.ca, keepAlive: false });
  const headers = { authorization: `Bearer ${server.token}`, accept: 'application/json' };
  const text = body === undefined ? undefined : JSON.stringify(body);
  if (text !== undefined) {
    Object.assign(headers, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(`${server.url}${path}`, { method, agent, headers, timeout: timeoutMs }, (response) => {
      let received = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (received += chunk));
      response.on('end', () => resolve({ status: response.statusCode, body: parsed(received) }));
      response.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

/** Reports whether the API server answers 200 at a path; false while it does not answer at all. */
export async function answersOk(server, path) {
  try {
    return (await kubeRequest(server, 'GET', path, { timeoutMs: 5_000 })).status === 200;
  } catch {
    return false;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
