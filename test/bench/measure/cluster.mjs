import { readFileSync } from 'node:fs';
import { URLSearchParams } from 'node:url';
import { Agent, Pool } from 'undici';
import { parse } from 'yaml';

const APPLY = 'application/apply-patch+yaml';

/**
 * A bare client of an API server, without any engine: what a script of a few lines could do. HTTP/1.1, a pool, JSON.
 */
export class Cluster {
  #resources = new Map();

  /** @param {string} kubeconfigFile with a token */
  constructor(kubeconfigFile, connections = 128) {
    const config = parse(readFileSync(kubeconfigFile, 'utf8'));
    const { cluster } = config.clusters[0];
    const connect = { ca: Buffer.from(cluster['certificate-authority-data'], 'base64') };
    this.server = cluster.server;
    this.token = config.users[0].user.token;
    this.pool = new Pool(this.server, { connections, allowH2: false, connect });
    this.watches = new Agent({ connect, allowH2: false, bodyTimeout: 0 });
  }

  /**
   * Sends one request; rejects with `status` if the answer is not a success.
   * @param {{ body?: object, contentType?: string, accept?: string, user?: string }} [options] `user` is impersonated
   */
  async request(method, path, { body, contentType = 'application/json', accept = 'application/json', user } = {}) {
    const answer = await this.pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${this.token}`,
        accept,
        ...(body && { 'content-type': contentType }),
        ...(user && { 'impersonate-user': user }),
      },
      body: body && JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode < 300) return accept === 'text/plain' ? text : JSON.parse(text);
    const error = new Error(`${method} ${path} answered ${answer.statusCode}: ${text.slice(0, 300)}`);
    throw Object.assign(error, { status: answer.statusCode });
  }

  /** Server-side apply. */
  async apply(object) {
    const path = `${await this.pathOf(object)}?fieldManager=raw-loop&force=true`;
    return this.request('PATCH', path, { body: object, contentType: APPLY });
  }

  /** A plain create. */
  async create(object) {
    const { namespace } = object.metadata;
    const path = `${await this.pathOf({ ...object, metadata: { namespace } })}?fieldManager=raw-loop`;
    return this.request('POST', path, { body: object });
  }

  /** Returns the path of an object, by discovery; that of its collection in all namespaces if it has no name. */
  async pathOf({ apiVersion, kind, metadata = {} }) {
    const { plural, namespaced, root } = await this.#resource(apiVersion, kind);
    const scope = namespaced && metadata.namespace ? `/namespaces/${metadata.namespace}` : '';
    return `${root}${scope}/${plural}${metadata.name ? `/${metadata.name}` : ''}`;
  }

  async #resource(apiVersion, kind) {
    if (!this.#resources.has(apiVersion)) {
      const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      this.#resources.set(
        apiVersion,
        this.request('GET', root).then(({ resources }) => ({ root, resources })),
      );
    }
    const { root, resources } = await this.#resources.get(apiVersion);
    const found = resources.find((each) => each.kind === kind && !each.name.includes('/'));
    if (found === undefined) throw new Error(`the cluster has no ${apiVersion} ${kind}`);
    return { root, plural: found.name, namespaced: found.namespaced };
  }

  /**
   * Watches a kind in all namespaces from now on, over a connection of its own. Resolves once the API server has
   * begun to answer.
   * @param {{ apiVersion: string, kind: string }} kind
   * @param {(event: { type: string, object: object }) => void} onEvent
   * @param {string} [labelSelector]
   */
  async watch(kind, onEvent, labelSelector) {
    const path = await this.pathOf(kind);
    const { metadata } = await this.request('GET', `${path}?limit=1`);
    const query = new URLSearchParams({ watch: '1', resourceVersion: metadata.resourceVersion });
    if (labelSelector) query.set('labelSelector', labelSelector);
    const answer = await this.watches.request({
      origin: this.server,
      method: 'GET',
      path: `${path}?${query}`,
      headers: { authorization: `Bearer ${this.token}`, accept: 'application/json' },
    });
    if (answer.statusCode !== 200) throw new Error(`the watch of ${path} answered ${answer.statusCode}`);
    let rest = '';
    answer.body.setEncoding('utf8');
    answer.body.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) onEvent(JSON.parse(line));
    });
    // Closing the agent ends the stream in the middle.
    answer.body.on('error', () => {});
  }

  /** Returns the sum of the samples of the API server's metrics whose line matches. */
  async metric(name, ...patterns) {
    const text = await this.request('GET', '/metrics', { accept: 'text/plain' });
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && patterns.every((pattern) => line.includes(pattern)))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  async close() {
    await Promise.all([this.pool.close(), this.watches.destroy()]);
  }
}

/** Returns an object as one would write it: without the fields that the API server adds. */
export function bare({ apiVersion, kind, metadata, ...content }) {
  const { name, namespace, labels = {}, annotations } = metadata;
  const kept = Object.fromEntries(Object.entries(labels).filter(([key]) => key !== 'kubernetes.io/metadata.name'));
  delete content.status;
  if (kind === 'Namespace') delete content.spec;
  if (kind === 'ServiceAccount') delete content.secrets;
  return { apiVersion, kind, metadata: { name, namespace, labels: kept, annotations }, ...content };
}

/** Returns the same text for equal objects, whatever the order of their members. */
export function fingerprint(object) {
  return JSON.stringify(object, (_, member) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
