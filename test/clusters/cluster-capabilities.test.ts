import { AppsV1Api } from '@kubernetes/client-node';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { outcome } from '../isolation/escapes/adversary.js';
import { type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { serveClusterNetworkPolicies } from '../support/cluster-network-policies.js';
import { eventually } from '../support/eventually.js';
import { type OwnCluster, startOwnCluster } from '../support/own-cluster.js';
import { type Program } from '../support/program.js';

let own: OwnCluster;
let bulkhead: Bulkhead;
let worker: Program;
let tenant: TenantBody;

// A cluster as it was before Kubernetes 1.36.
beforeAll(async () => {
  own = await startOwnCluster([
    '--runtime-config=admissionregistration.k8s.io/v1/mutatingadmissionpolicies=false,admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings=false',
    '--disable-admission-plugins=MutatingAdmissionPolicy',
  ]);
  bulkhead = await Bulkhead.start({ kubeconfig: own.workerKubeconfig });
  worker = await bulkhead.startWorker();
  const made = await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' });
  expect(made.operation).toMatchObject({ state: 'succeeded', error: null });
  tenant = made.tenant;
});
afterAll(async () => {
  await bulkhead.stop();
  await own.stop();
});

async function capabilities(): Promise<object | null> {
  const { items } = await bulkhead.api.get<{ items: { id: string }[] }>('/v1/clusters');
  const cluster = await bulkhead.api.get<{ capabilities: object | null }>(`/v1/clusters/${items[0]?.id ?? ''}`);
  return cluster.capabilities;
}
async function condition(type: string): Promise<{ status: string } | undefined> {
  const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`);
  return conditions.find((each) => each.type === type);
}

test('what the cluster lacks is told of it, and of each tenant', async () => {
  expect(await capabilities()).toMatchObject({
    mutatingAdmissionPolicies: false,
    clusterNetworkPolicies: false,
    networkPolicyEngine: { state: 'absent' },
  });
  expect(await condition('PoliciesEnforced')).toMatchObject({ status: 'True', reason: 'NoMutatingAdmission' });
  expect(await condition('NetworkIsolated')).toMatchObject({
    status: 'Unknown',
    reason: 'NoNetworkPolicyEngine',
    message: expect.stringContaining('no ClusterNetworkPolicy') as string,
  });
});

test('new facts of a cluster wake its tenants, and storing them does not hold up new tenants', async () => {
  const client = new pg.Client({ connectionString: bulkhead.database.url });
  await client.connect();
  try {
    // New facts wake all tenants of the cluster, and wait for one that is being changed.
    await client.query('BEGIN');
    await client.query('SELECT FROM tenants WHERE id IS NOT NULL FOR UPDATE');
    await bulkhead.database.query(`UPDATE clusters SET facts = facts || '{"minorVersion": "0"}'`);
    await eventually('a worker waits', async () => {
      const waiting = await bulkhead.database.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%cluster_id = $1%ORDER BY id FOR NO KEY UPDATE%'`,
      );
      return waiting.length > 0;
    });
    await bulkhead.database.query('SELECT FROM clusters FOR KEY SHARE NOWAIT');
    const made = await bulkhead.api.send('POST', '/v1/tenants', { slug: newSlug(), plan: 'free' });
    expect(made.status, JSON.stringify(made.body)).toBe(202);
  } finally {
    await client.end();
  }
});

test('pods that are not filled in have to state what they leave out elsewhere', async () => {
  const metadata = { name: 'plain', namespace: tenant.namespaces[0]?.name ?? '' };
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const pod = (more: object): Promise<string> => {
    const spec = {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ name: 'a', image: 'registry.example/a:1', securityContext, ...more }],
    };
    return outcome(
      own.cluster.objects.create({ apiVersion: 'v1', kind: 'Pod', metadata, spec } as never, undefined, 'All'),
    );
  };
  expect(await pod({})).toContain('Images must be pulled every time');
  expect(await pod({ imagePullPolicy: 'Always' })).toBe('admitted');
});

test('isolation is proven on such a cluster too', async () => {
  const { headers } = await bulkhead.api.send('POST', `/v1/tenants/${tenant.id}/isolation-checks`);
  const run = await bulkhead.api.get<{ report: { checks: { id: string; status: string; reason: string }[] } | null }>(
    `${headers.get('location') ?? ''}?wait=60`,
  );
  const checks = run.report?.checks ?? [];
  expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
  expect(checks.find(({ id }) => id === 'pull-images-always')).toMatchObject({ status: 'pass' });
});

test('once it has an engine and ClusterNetworkPolicy, tenants are told so, and held by it', async () => {
  const { cluster } = own;
  await serveClusterNetworkPolicies(cluster);
  const labels = { app: 'kube-router' };
  const container = { name: 'a', image: 'registry.example/kube-router:1' };
  await cluster.client(AppsV1Api).createNamespacedDaemonSet({
    namespace: 'kube-system',
    body: {
      metadata: { name: 'kube-router' },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
  });
  // A worker that starts looks at once, others within a minute.
  await worker.stop();
  await bulkhead.startWorker();
  await bulkhead.database.query('UPDATE tenants SET next_reconcile_at = now()');
  await eventually('the condition follows', async () => (await condition('NetworkIsolated'))?.status === 'True');
  expect(await capabilities()).toMatchObject({
    clusterNetworkPolicies: true,
    networkPolicyEngine: { state: 'present', name: 'kube-router' },
  });
  expect(await condition('NetworkIsolated')).toMatchObject({ reason: 'Settled' });
  expect(await condition('Ready')).toMatchObject({ message: 'The cluster matches the desired state.' });
  const metadata = { name: 'bulkhead-guardrail' };
  const kind = { apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy' };
  expect(await cluster.objects.read({ ...kind, metadata })).toMatchObject({ spec: { tier: 'Admin' } });
});
