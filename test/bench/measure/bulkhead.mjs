import { Pool } from 'undici';
import { Failure } from '../../../dev/failure.mjs';
import { timed } from './statistics.mjs';

const OPERATION_TIMEOUT_MS = 300_000;

/** A client of Bulkhead's API, over connections that stay open. */
export class Bulkhead {
  /** Differs between runs, so that names of earlier runs never collide. */
  run = Date.now().toString(36);

  /** @param {{ apiUrl: string, adminApiKey: string }} api */
  constructor({ apiUrl, adminApiKey }, connections = 128) {
    this.key = adminApiKey;
    this.pool = new Pool(apiUrl, { connections, allowH2: false });
  }

  /** Sends one request; returns `{status, headers, body}`. */
  async send(method, path, body, headers = {}) {
    const answer = await this.pool.request({
      method,
      path,
      headers: { authorization: `Bearer ${this.key}`, ...(body && { 'content-type': 'application/json' }), ...headers },
      body: body && JSON.stringify(body),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) };
  }

  /** Like `send`, for an answer that must be a success. Returns its body. */
  async expect(method, path, body) {
    const answer = await this.send(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  /** Sends a change that must be accepted; returns the tenant and the path of its operation. */
  async accept(method, path, body) {
    const answer = await this.send(method, path, body);
    if (answer.status === 202) return { tenant: answer.body, location: answer.headers.location };
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  /** Sends a change and waits for the end of its operation. Returns the tenant as it was accepted. */
  async change(method, path, body) {
    const { tenant, location } = await this.accept(method, path, body);
    await this.finish(location);
    return tenant;
  }

  /** Waits until the operation has succeeded, polling as a client does: one long poll after the other. */
  async finish(location) {
    const deadline = performance.now() + OPERATION_TIMEOUT_MS;
    for (;;) {
      const operation = await this.expect('GET', `${location}?wait=60`);
      if (operation.state === 'succeeded') return operation;
      if (operation.finishedAt !== null || performance.now() > deadline) {
        throw new Error(`${location} is ${operation.state}: ${JSON.stringify(operation.error)}`);
      }
    }
  }

  /** Provisions tenants `<prefix>-0` …, and returns their ids with the measurements of `timed`. */
  async provision(prefix, count, concurrency, plan) {
    const tenants = [];
    const result = await timed(count, concurrency, async (number) => {
      tenants[number] = await this.change('POST', '/v1/tenants', { slug: `${prefix}-${number}`, plan });
    });
    return { ...result, tenants };
  }

  /** Provisions one tenant with one request, which waits; returns the milliseconds. */
  async provisionInOneRequest(slug, plan) {
    const started = performance.now();
    const { status, body } = await this.send('POST', '/v1/tenants', { slug, plan }, { prefer: 'wait=60' });
    const durationMs = performance.now() - started;
    if (status === 202 && body.operation?.state === 'succeeded') return durationMs;
    throw new Error(`POST /v1/tenants answered ${status}: ${JSON.stringify(body)}`);
  }

  /**
   * Creates a plan for this run: a copy of the given one.
   * @returns {Promise<{ id: string, spec: object }>} its version 1
   */
  async copyPlan(from) {
    const { spec } = await this.expect('GET', `/v1/plans/${from}`);
    const id = `bench-${this.run}`;
    await this.expect('POST', '/v1/plans', { id, displayName: 'Bench', description: 'For a bench.', spec });
    return { id, spec };
  }

  /** Ends the bench with a clear message if this version of Bulkhead does not have the route. */
  async require(method, path) {
    const { paths } = await this.expect('GET', '/openapi.json');
    const shape = (route) => route.replaceAll(/\{[^}]*\}/g, '{}');
    const found = Object.entries(paths).some(([route, methods]) => {
      return shape(route) === shape(path) && methods[method.toLowerCase()] !== undefined;
    });
    if (!found) throw new Failure(`This version of Bulkhead has no ${method} ${path}; there is nothing to measure.`);
  }

  async close() {
    await this.pool.close();
  }
}
