/** An answer of the API, its body parsed. */
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

/** Speaks to the API as a caller with a key would. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly key: string | null,
  ) {}

  /** The same API as somebody else; null for nobody. */
  as(key: string | null): ApiClient {
    return new ApiClient(this.url, key);
  }

  /** The answer to a GET as it comes, for what is not JSON. */
  fetch(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.url + path, {
      headers: { ...(this.key === null ? {} : { authorization: `Bearer ${this.key}` }), ...headers },
    });
  }

  /** @param body sent as JSON; a string is sent as it is. */
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

  /** Sends a change that must be accepted, and waits for the end of its operation. */
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
    // The end of many namespaces takes the cluster's controllers longer where other tests are under way.
    if (operation.finishedAt === null) operation = await this.get<OperationBody>(`${location}?wait=55`);
    return { tenant: answer.body as unknown as TenantBody, operation };
  }

  /**
   * The operation of a change that changes nothing of a tenant. A cluster with Gateway API begins to count routes some time
   * after its start: the quota that is written then is not what the caller looks for.
   */
  async changeNothing(path: string): Promise<OperationBody> {
    const { operation } = await this.change('PATCH', path, {});
    const { steps } = operation;
    const isCount = ({ object }: StepBody): boolean => object.endsWith('/tenant-quota-access');
    if (steps.length === 0 || !steps.every(isCount)) return operation;
    return (await this.change('PATCH', path, {})).operation;
  }

  /** Asks for a tenant to be deleted at once. */
  deleteTenant(id: string): Promise<ApiAnswer> {
    return this.send('DELETE', deletionOf(id));
  }

  /** Has a tenant deleted, and waits until nothing is left of it. */
  removeTenant(id: string): Promise<{ tenant: TenantBody; operation: OperationBody }> {
    return this.change('DELETE', deletionOf(id));
  }
}

/** How a tenant is deleted without any delay. */
function deletionOf(id: string): string {
  return `/v1/tenants/${id}?retention=0`;
}
