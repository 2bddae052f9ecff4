import fc from 'fast-check';
import { expect } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { type Bulkhead } from '../../support/bulkhead.js';
import { type Cluster } from '../../support/cluster.js';
import { type Program } from '../../support/program.js';

/** The expected state of a tenant, from the accepted changes. */
export interface ExpectedTenant {
  id: string;
  slug: string;
  /** Accepted changes, the creation included. */
  generation: number;
  plan: string;
  labels: Record<string, string>;
  isDeleted: boolean;
  hold: { id: string; effect: 'suspend' | 'quarantine' } | null;
}

export interface Model {
  tenants: ExpectedTenant[];
  workers: number;
}

export interface Real {
  bulkhead: Bulkhead;
  cluster: Cluster;
  workers: Program[];
  newSlug: () => string;
}

type Command = fc.AsyncCommand<Model, Real>;

const MOST_TENANTS = 5;
const MOST_WORKERS = 2;

/** The tenant that a number chooses among those that still live. */
function chosen({ tenants }: Readonly<Model>, choice: number): ExpectedTenant | undefined {
  const live = tenants.filter(({ isDeleted }) => !isDeleted);
  return live[choice % Math.max(live.length, 1)];
}

function command(name: string, check: Command['check'], run: Command['run']): Command {
  return { check, run, toString: () => name };
}

/** A command about one existing tenant; `act` sends the request, and `then` applies an accepted one to the model. */
function onTenant(name: string, choice: number, act: (tenant: ExpectedTenant, real: Real) => Promise<void>): Command {
  return command(
    `${name} #${choice}`,
    (model) => chosen(model, choice) !== undefined,
    async (model, real) => {
      const tenant = chosen(model, choice);
      if (tenant === undefined) return;
      await act(tenant, real);
      const path = `/v1/tenants/${tenant.id}`;
      const { generation, observedGeneration, labels, plan } = await real.bulkhead.api.get<TenantBody>(path);
      expect({ generation, labels, plan: plan.id }).toEqual({
        generation: tenant.generation,
        labels: tenant.labels,
        plan: tenant.plan,
      });
      expect(observedGeneration).toBeLessThanOrEqual(generation);
    },
  );
}

/** Sends a change that must be accepted, and counts it. */
async function change(tenant: ExpectedTenant, { bulkhead }: Real, body: object): Promise<void> {
  const { status } = await bulkhead.api.send('PATCH', `/v1/tenants/${tenant.id}`, body);
  expect(status).toBe(202);
  tenant.generation += 1;
}

const create = (plan: string): Command =>
  command(
    `create ${plan}`,
    ({ tenants }) => tenants.filter(({ isDeleted }) => !isDeleted).length < MOST_TENANTS,
    async (model, { bulkhead, newSlug }) => {
      const slug = newSlug();
      const { status, body } = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan, environments: ['main'] });
      expect(status).toBe(202);
      model.tenants.push({
        id: body['id'] as string,
        slug,
        generation: 1,
        plan,
        labels: {},
        isDeleted: false,
        hold: null,
      });
    },
  );

const changePlan = (choice: number, plan: string): Command =>
  onTenant(`plan ${plan}`, choice, async (tenant, real) => {
    await change(tenant, real, { plan });
    tenant.plan = plan;
  });

const changeLabels = (choice: number, value: string): Command =>
  onTenant(`label ${value}`, choice, async (tenant, real) => {
    await change(tenant, real, { labels: { region: value } });
    tenant.labels = { region: value };
  });

const changeMembers = (choice: number, name: string): Command =>
  onTenant(`member ${name}`, choice, (tenant, real) =>
    change(tenant, real, { members: [{ kind: 'User', name, role: 'tenant-developer' }] }),
  );

const hold = (choice: number, effect: 'suspend' | 'quarantine'): Command =>
  onTenant(effect, choice, async (tenant, { bulkhead }) => {
    if (tenant.hold !== null) return;
    const body = { source: 'admin', effect, reason: 'history' };
    const answer = await bulkhead.api.send('POST', `/v1/tenants/${tenant.id}/holds`, body);
    expect(answer.status).toBe(202);
    tenant.hold = { id: answer.body['id'] as string, effect };
    tenant.generation += 1;
  });

const lift = (choice: number): Command =>
  onTenant('lift the hold', choice, async (tenant, { bulkhead }) => {
    if (tenant.hold === null) return;
    const { status } = await bulkhead.api.send('DELETE', `/v1/tenants/${tenant.id}/holds/${tenant.hold.id}`);
    expect(status).toBe(202);
    tenant.hold = null;
    tenant.generation += 1;
  });

const remove = (choice: number): Command =>
  onTenant('delete', choice, async (tenant, { bulkhead }) => {
    expect((await bulkhead.api.deleteTenant(tenant.id)).status).toBe(202);
    tenant.generation += 1;
    tenant.isDeleted = true;
  });

/** A user with too many rights changes existing objects. */
const drifts = {
  'delete default-deny': (namespace, { networking }) =>
    networking.deleteNamespacedNetworkPolicy({ namespace, name: 'tenant-default-deny' }),
  'delete quota': (namespace, { core }) => core.deleteNamespacedResourceQuota({ namespace, name: 'tenant-quota' }),
  'raise quota': async (namespace, { core }) => {
    const quota = await core.readNamespacedResourceQuota({ namespace, name: 'tenant-quota' });
    const hard = { ...quota.spec?.hard, pods: '9999' };
    const body = { metadata: { name: 'tenant-quota' }, spec: { hard } };
    await core.replaceNamespacedResourceQuota({ namespace, name: 'tenant-quota', body });
  },
  'let eve in': async (namespace, { rbac }) => {
    const name = 'bulkhead-tenant-deployer';
    const binding = await rbac.readNamespacedRoleBinding({ namespace, name });
    binding.subjects?.push({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'eve' });
    await rbac.replaceNamespacedRoleBinding({ namespace, name, body: binding });
  },
  'delete namespace': (namespace, { core }) => core.deleteNamespace({ name: namespace }),
} satisfies Record<string, (namespace: string, cluster: Cluster) => Promise<unknown>>;

const drift = (choice: number, how: keyof typeof drifts): Command =>
  onTenant(`drift: ${how}`, choice, async ({ slug }, { cluster }) => {
    await drifts[how](`tn-${slug}`, cluster).catch((error: unknown) => {
      if (![403, 404, 409].includes((error as { code?: number }).code ?? 0)) throw error;
    });
  });

const startWorker = command(
  'start a worker',
  ({ workers }) => workers < MOST_WORKERS,
  async (model, { bulkhead, workers }) => {
    workers.push(await bulkhead.startWorker());
    model.workers += 1;
  },
);

const killWorker = command(
  'kill a worker',
  ({ workers }) => workers > 0,
  async (model, { workers }) => {
    await workers.shift()?.stop('SIGKILL');
    model.workers -= 1;
  },
);

const loseQueue = command(
  'lose the queue',
  () => true,
  async (_model, { bulkhead }) => {
    if (bulkhead.redis !== null) await bulkhead.redis.flush();
    else await dropQueue(bulkhead);
  },
);

/** Postgres ends one of two transactions that wait for each other, and that may be this one. */
async function dropQueue(bulkhead: Bulkhead): Promise<void> {
  try {
    await bulkhead.database.query('DROP SCHEMA IF EXISTS bullmq CASCADE');
  } catch (error) {
    if ((error as { code?: string }).code !== '40P01') throw error;
    await dropQueue(bulkhead);
  }
}

const choice = fc.nat({ max: MOST_TENANTS - 1 });
const plan = fc.constantFrom('free', 'team', 'regulated');

/** Everything that can happen. A new kind of change is one more line. */
export const allCommands: fc.Arbitrary<Command>[] = [
  plan.map(create),
  plan.map(create),
  fc.tuple(choice, plan).map(([index, value]) => changePlan(index, value)),
  fc.tuple(choice, fc.constantFrom('eu', 'us')).map(([index, value]) => changeLabels(index, value)),
  fc.tuple(choice, fc.constantFrom('ann', 'bob')).map(([index, value]) => changeMembers(index, value)),
  choice.map(remove),
  fc.tuple(choice, fc.constantFrom('suspend', 'quarantine')).map(([index, effect]) => hold(index, effect)),
  choice.map(lift),
  fc
    .tuple(choice, fc.constantFrom(...(Object.keys(drifts) as (keyof typeof drifts)[])))
    .map(([index, how]) => drift(index, how)),
  fc.constant(startWorker),
  fc.constant(startWorker),
  fc.constant(killWorker),
  fc.constant(loseQueue),
];
