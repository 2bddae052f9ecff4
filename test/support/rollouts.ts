import { type ApiClient, type TenantBody } from './api-client.js';
import { newSlug } from './bulkhead.js';
import { eventually } from './eventually.js';

export interface RolloutBody {
  id: string;
  planId: string;
  toVersion: number;
  state: string;
  direction: string;
  reason: { code: string; message: string } | null;
  tenants: Record<'total' | 'pending' | 'updating' | 'succeeded' | 'failed' | 'skipped' | 'rolledBack', number>;
  finishedAt: string | null;
}

export interface RolloutTenantBody {
  tenantId: string;
  state: string;
  direction: string;
  canary: boolean;
  previousVersion: number;
  operationId: string | null;
  error: { reason: string; message: string } | null;
  startedAt: string | null;
  finishedAt: string | null;
}

interface Spec {
  environments: { default: string[]; max: number };
  quota: { pods: number };
}

/** A dedicated plan, for rollouts. */
export class RolloutPlan {
  private constructor(
    private readonly api: ApiClient,
    readonly id: string,
    private readonly spec: Spec,
  ) {}

  /** Version 1: like `team`, with 20 pods. */
  static async create(api: ApiClient): Promise<RolloutPlan> {
    const { spec } = await api.get<{ spec: Spec }>('/v1/plans/team');
    const plan = new RolloutPlan(api, newSlug('plan'), { ...spec, quota: { ...spec.quota, pods: 20 } });
    const answer = await api.send('POST', '/v1/plans', { id: plan.id, displayName: 'Test', spec: plan.spec });
    if (answer.status !== 201) throw new Error(`the plan was not created: ${JSON.stringify(answer.body)}`);
    return plan;
  }

  /** Adds the next version. */
  async addVersion(pods: number, maxEnvironments = this.spec.environments.max): Promise<void> {
    const environments = { default: ['main'], max: maxEnvironments };
    const spec = { ...this.spec, environments, quota: { ...this.spec.quota, pods } };
    const answer = await this.api.send('POST', `/v1/plans/${this.id}/versions`, { spec });
    if (answer.status !== 201) throw new Error(`the version was not created: ${JSON.stringify(answer.body)}`);
  }

  /** Creates tenants on a version, in the order of their ids. They need not be in the cluster yet. */
  async addTenants(count: number, version = 1, environments = ['main']): Promise<TenantBody[]> {
    const tenants: TenantBody[] = [];
    for (let index = 0; index < count; index += 1) {
      const body = { slug: newSlug('roll'), plan: { id: this.id, version }, environments };
      const answer = await this.api.send('POST', '/v1/tenants', body);
      if (answer.status !== 202) throw new Error(`the tenant was not created: ${JSON.stringify(answer.body)}`);
      tenants.push(answer.body as unknown as TenantBody);
    }
    return tenants;
  }

  /** Requests a rollout that must be accepted. */
  async rollOut(body: object = {}): Promise<RolloutBody> {
    const answer = await this.api.send('POST', `/v1/plans/${this.id}/rollouts`, body);
    if (answer.status !== 202) throw new Error(`the rollout was refused: ${JSON.stringify(answer.body)}`);
    return answer.body as unknown as RolloutBody;
  }
}

/** Waits until the rollout is in the state, and returns it. */
export function reaches(api: ApiClient, id: string, state: string, timeoutMs = 60_000): Promise<RolloutBody> {
  let seen: RolloutBody | null = null;
  return eventually(
    `the rollout is ${state}`,
    async () => {
      seen = await api.get<RolloutBody>(`/v1/rollouts/${id}`);
      return seen.state === state && seen;
    },
    timeoutMs,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; it is ${JSON.stringify(seen)}`, { cause: error });
  });
}

/** Returns all tenants of a rollout, in order. */
export async function tenantsOf(api: ApiClient, id: string): Promise<RolloutTenantBody[]> {
  return (await api.get<{ items: RolloutTenantBody[] }>(`/v1/rollouts/${id}/tenants?limit=200`)).items;
}

/** Creates a plan with active tenants on version 1, and a second version that changes their quota. */
export async function planWith(
  api: ApiClient,
  count: number,
  environments?: string[],
): Promise<{ plan: RolloutPlan; tenants: TenantBody[] }> {
  const plan = await RolloutPlan.create(api);
  const tenants = await plan.addTenants(count, 1, environments);
  for (const { id } of tenants) {
    await eventually('the tenant is active', async () => {
      return (await api.get<TenantBody>(`/v1/tenants/${id}`)).phase === 'active';
    });
  }
  await plan.addVersion(30);
  return { plan, tenants };
}

/** Returns the maximum number of tenants in flight at once, by the times of their operations. */
export async function mostInFlight(api: ApiClient, rollout: string): Promise<number> {
  const spans = await Promise.all(
    (await tenantsOf(api, rollout)).map(async ({ operationId }) => {
      const { createdAt, finishedAt } = await api.get<Record<string, string>>(`/v1/operations/${operationId ?? ''}`);
      return { from: Date.parse(createdAt ?? ''), to: Date.parse(finishedAt ?? '') };
    }),
  );
  if (!spans.every(({ from, to }) => to >= from)) {
    throw new Error(`unfinished operation: ${JSON.stringify(spans)}`);
  }
  return Math.max(...spans.map(({ from }) => spans.filter((span) => span.from <= from && span.to > from).length));
}

/** Returns the operations of a tenant, oldest first. */
export async function operationsOf(api: ApiClient, id: string): Promise<{ kind: string; state: string }[]> {
  const { items } = await api.get<{ items: { kind: string; state: string }[] }>(`/v1/operations?tenantId=${id}`);
  return items.map(({ kind, state }) => ({ kind, state })).reverse();
}
