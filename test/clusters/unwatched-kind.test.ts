import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { type OwnCluster, startOwnCluster } from '../support/own-cluster.js';
import { freePort, type Program } from '../support/program.js';

const TENANTS = 6;
const ROUNDS = 4;
const kinds = ['namespaces', 'resourcequotas', 'limitranges', 'serviceaccounts', 'networkpolicies', 'rolebindings'];

// A control plane of its own, with a ClusterRole from before a release that watches one more kind.
describe('a worker that must not watch RoleBindings', () => {
  let own: OwnCluster;
  let bulkhead: Bulkhead;
  let worker: Program;
  let monitoringPort: number;
  let tenants: TenantBody[];

  beforeAll(async () => {
    own = await startOwnCluster();
    await setWatch(false);
    [bulkhead, monitoringPort] = [await Bulkhead.start({ kubeconfig: own.workerKubeconfig }), await freePort()];
    worker = await bulkhead.startWorker({
      BULKHEAD_RESYNC_SECONDS: '3600',
      BULKHEAD_MONITORING_PORT: String(monitoringPort),
    });
    const create = () => bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug('unwatched'), plan: 'team' });
    tenants = (await Promise.all(Array.from({ length: TENANTS }, create))).map(({ tenant }) => tenant);
  });
  afterAll(async () => {
    await bulkhead.stop();
    await own.stop();
  });

  async function setWatch(allowed: boolean): Promise<void> {
    const role = await own.cluster.rbac.readClusterRole({ name: 'bulkhead-worker' });
    const rule = (role.rules ?? []).find(({ resources, verbs }) => {
      return resources?.includes('rolebindings') === true && verbs.includes('list');
    });
    if (rule === undefined) throw new Error('no rule for RoleBindings');
    rule.verbs = [...rule.verbs.filter((verb) => verb !== 'watch'), ...(allowed ? ['watch'] : [])];
    await own.cluster.rbac.replaceClusterRole({ name: 'bulkhead-worker', body: role });
  }

  /** Lists of tenants' kinds that the API server has answered, in the whole cluster or in namespaces. */
  async function lists(scope: 'cluster' | 'namespace'): Promise<number> {
    const lines = (await own.plane.metrics()).split('\n').filter((line) => {
      const isList = line.startsWith('apiserver_request_total{') && line.includes('verb="LIST"');
      return isList && line.includes(`scope="${scope}"`) && kinds.some((kind) => line.includes(`resource="${kind}"`));
    });
    return lines.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  const knowledge = async (): Promise<string | undefined> => {
    const text = await (await fetch(`http://127.0.0.1:${monitoringPort}/metrics`)).text();
    return /^bulkhead_unwatched_kinds\{.*kind="rbac.authorization.k8s.io\/v1\/RoleBinding",knowledge="(\w+)"\} 1$/m.exec(
      text,
    )?.[1];
  };

  /** Has the sweeper look at every tenant, and returns how many needed a pass. */
  async function passesOfSweep(): Promise<number> {
    const epochs = async (): Promise<number> => {
      const [row] = await bulkhead.database.query<{ sum: number }>(
        'SELECT sum(lease_epoch)::float8 AS sum FROM tenants',
      );
      return row?.sum ?? 0;
    };
    const before = await epochs();
    await bulkhead.database.query('UPDATE tenants SET next_reconcile_at = now()');
    await eventually('the sweeper has looked at all tenants', async () => {
      const rows = await bulkhead.database.query(
        `SELECT FROM tenants WHERE next_reconcile_at < now() + interval '60 seconds' OR lease_until > now()`,
      );
      return rows.length === 0;
    });
    return (await epochs()) - before;
  }

  test('names the kind in a metric and in its log, once', async () => {
    await eventually('the metric names it', async () => (await knowledge()) === 'listed');
    const lines = worker.output().split('\n');
    const warnings = lines.filter((line) => line.includes('must not watch a kind and lists it instead'));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('"kind":"RoleBinding"');
  });

  test('lists it in the namespaces of a tenant, never in the whole cluster for each pass', async () => {
    const before = { cluster: await lists('cluster'), namespace: await lists('namespace') };
    for (let round = 0; round < ROUNDS; round += 1) {
      const labels = { round: String(round) };
      await Promise.all(tenants.map(({ id }) => bulkhead.api.change('PATCH', `/v1/tenants/${id}`, { labels })));
    }
    expect((await lists('namespace')) - before.namespace).toBeGreaterThanOrEqual(TENANTS * ROUNDS);
    // The attempts to watch it, of which each lists it once.
    expect((await lists('cluster')) - before.cluster).toBeLessThan((TENANTS * ROUNDS) / 2);
  });

  test('compares tenants without a pass, and heals drift of the kind', { timeout: 240_000 }, async () => {
    await eventually('no tenant needs a pass', async () => (await passesOfSweep()) === 0, 120_000);
    const [{ slug } = { slug: '' }] = tenants;
    const namespace = `tn-${slug}`;
    const { items } = await own.cluster.rbac.listNamespacedRoleBinding({ namespace });
    const name = items[0]?.metadata?.name ?? '';
    await own.cluster.rbac.deleteNamespacedRoleBinding({ namespace, name });
    const healed = async (): Promise<boolean> => {
      if ((await passesOfSweep()) === 0) return false;
      return (await own.cluster.rbac.readNamespacedRoleBinding({ namespace, name })).metadata?.name === name;
    };
    await eventually('the RoleBinding is there again', healed, 120_000);
  });

  test('watches it once its rights are applied', { timeout: 150_000 }, async () => {
    await setWatch(true);
    await eventually('it is watched', async () => (await knowledge()) === undefined, 120_000);
  });
});
