/** An answer of the API with its parsed body. */
export interface ApiAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface TenantBody {
  id: string;
  slug: string;
  phase: string;
  generation: number;
  observedGeneration: number;
  plan: { id: string; version: number };
  namespaces: { environment: string; name: string }[];
  conditions: { type: string; status: string; reason: string; message: string }[];
  labels: Record<string, string>;
  displayName: string;
  externalId: string | null;
  deletionScheduledAt: string | null;
  deletesAt: string | null;
}

export interface CauseBody {
  code: string;
  reason: string | null;
  httpStatus: number | null;
}

export interface StepBody {
  name: string;
  object: string;
  state: string;
  attempts: number;
  startedAt: string | null;
  durationMs: number;
  error: string | null;
  cause: CauseBody | null;
  remedy: string | null;
}

export interface OperationBody {
  id: string;
  kind: string;
  state: string;
  steps: StepBody[];
  stepsDropped: number;
  error: { reason: string; message: string; object: string | null; cause: CauseBody | null; remedy: string } | null;
  retryOf: string | null;
  generation: number;
  finishedAt: string | null;
}

/** A client of the API with a key. */
export class ApiClient {
  constructor(
    readonly url: string,
    private readonly key: string | null,
  ) {}

  /** The same API with another key; null: without one. */
  as(key: string | null): ApiClient {
    return new ApiClient(this.url, key);
  }

  /** Another API with the same key. */
  at(url: string): ApiClient {
    return new ApiClient(url, this.key);
  }

  /**
   * Returns the raw answer, for content other than JSON.
   * @param change a request other than a GET, with a JSON body
   */
  fetch(
    path: string,
    headers: Record<string, string> = {},
    change?: { method: string; body: string },
  ): Promise<Response> {
    const type = change === undefined ? {} : { 'content-type': 'application/json' };
    return fetch(this.url + path, {
      headers: { ...(this.key === null ? {} : { authorization: `Bearer ${this.key}` }), ...type, ...headers },
      ...change,
    });
  }

  /** @param body sent as JSON; a string is sent as is */
  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.key === null ? {} : { authorization: `Bearer ${this.key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: answer.status, headers: answer.headers, body: parsed };
  }

  async get<T = Record<string, unknown>>(path: string): Promise<T> {
    const { status, body } = await this.send('GET', path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body as T;
  }

  /** Sends a change that must be accepted, and waits until its operation has finished. */
  async change(
    method: 'POST' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<{ tenant: TenantBody; operation: OperationBody }> {
    const answer = await this.send(method, path, body);
    if (answer.status !== 202) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    const location = answer.headers.get('location') ?? '';
    let operation = await this.get<OperationBody>(`${location}?wait=45`);
    // Removing many namespaces takes the cluster's controllers longer while other tests are running.
    if (operation.finishedAt === null) operation = await this.get<OperationBody>(`${location}?wait=55`);
    return { tenant: answer.body as unknown as TenantBody, operation };
  }

  /**
   * Returns the operation of an empty change of a tenant. A cluster with the Gateway API starts to count routes some
   * time after its start, and the quota that is written then is not what the caller looks for.
   */
  async changeNothing(path: string): Promise<OperationBody> {
    const { operation } = await this.change('PATCH', path, {});
    const { steps } = operation;
    const isCount = ({ object }: StepBody): boolean => object.endsWith('/tenant-quota-access');
    if (steps.length === 0 || !steps.every(isCount)) return operation;
    return (await this.change('PATCH', path, {})).operation;
  }

  /** Requests the immediate deletion of a tenant. */
  deleteTenant(id: string): Promise<ApiAnswer> {
    return this.send('DELETE', deletionOf(id));
  }

  /** Deletes a tenant, and waits until nothing of it is left. */
  removeTenant(id: string): Promise<{ tenant: TenantBody; operation: OperationBody }> {
    return this.change('DELETE', deletionOf(id));
  }
}

/** Returns the path that deletes a tenant without retention. */
function deletionOf(id: string): string {
  return `/v1/tenants/${id}?retention=0`;
}
