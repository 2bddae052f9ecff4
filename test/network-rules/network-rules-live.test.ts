import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type OperationBody, type TenantBody } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { type Json, rule } from '../support/network-rules.js';

const cluster = new Cluster();
const PLAN = newSlug('ruled');
let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  const rules = { egress: ['203.0.113.0/24'], ingress: ['203.0.113.0/24'] };
  await newVersion('POST', '/v1/plans', { id: PLAN, displayName: PLAN }, rules);
  await bulkhead.startWorker();
});
afterAll(() => bulkhead.stop());

const specWith = (rules: Json): Json => ({
  quota: { cpu: '4', memory: '8Gi' },
  network: { internetEgress: 'https', rules },
});

async function newVersion(method: string, path: string, more: Json, rules: Json): Promise<void> {
  const { status, body } = await bulkhead.api.send(method, path, { ...more, spec: specWith(rules) });
  expect(status, JSON.stringify(body)).toBe(201);
}

interface RuleBody extends Json {
  id: string;
  inForce: boolean;
  outOfForce: { code: string } | null;
  operation?: OperationBody;
}

async function newTenant(): Promise<TenantBody> {
  return (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: { id: PLAN, version: 1 } })).tenant;
}
const pathOf = ({ id }: TenantBody, of?: RuleBody): string =>
  `/v1/tenants/${id}/network-rules${of === undefined ? '' : `/${of.id}`}`;
/** Makes a rule, and waits until it is carried out. */
async function ruled(tenant: TenantBody, more: Json = {}): Promise<RuleBody> {
  const answer = await bulkhead.api.send('POST', pathOf(tenant), rule(more), { prefer: 'wait=45' });
  expect(answer, JSON.stringify(answer.body)).toMatchObject({
    status: 202,
    body: { operation: { state: 'succeeded' } },
  });
  return answer.body as RuleBody;
}
const read = (tenant: TenantBody, { id }: RuleBody): Promise<RuleBody> =>
  bulkhead.api.get<RuleBody>(`${pathOf(tenant)}/${id}`);

interface Preview {
  token: string;
  connections: { change: string; ranges: { cidr: string; ports: unknown[] }[] }[];
  networkRules: { id: string; inForce: boolean }[];
}

interface Block {
  cidr: string;
  except: string[];
  ports: unknown;
}

/** The blocks of addresses in a tenant's policies, by the name of the policy. */
async function blocksOf(
  { slug }: TenantBody,
  direction: 'ingress' | 'egress' = 'egress',
): Promise<Map<string, Block[]>> {
  const { items } = await cluster.networking.listNamespacedNetworkPolicy({ namespace: `tn-${slug}` });
  return new Map(
    items.map(({ metadata, spec }) => [
      metadata?.name ?? '',
      (spec?.[direction] ?? []).flatMap((each) => {
        const peers = ('to' in each ? each.to : '_from' in each ? each._from : undefined) ?? [];
        return peers.flatMap(({ ipBlock }) =>
          ipBlock === undefined ? [] : [{ cidr: ipBlock.cidr, except: ipBlock.except ?? [], ports: each.ports }],
        );
      }),
    ]),
  );
}
async function block(tenant: TenantBody, cidr: string, direction?: 'ingress' | 'egress'): Promise<Block | undefined> {
  return (await blocksOf(tenant, direction)).get('tenant-allow')?.find((each) => each.cidr === cidr);
}

describe('a rule', () => {
  test('is in the cluster when its operation has succeeded, and gone when it is deleted', async () => {
    const tenant = await newTenant();
    const before = await blocksOf(tenant);
    const ports = [{ protocol: 'TCP', port: 5432, endPort: 5440 }];
    const started = performance.now();
    const made = await ruled(tenant, { ports, except: ['203.0.113.64/26'] });
    console.log(`rule: in the cluster ${Math.round(performance.now() - started)} ms after the call`);
    expect(made).toMatchObject({ inForce: true, outOfForce: null });
    expect(await block(tenant, '203.0.113.0/25')).toEqual({
      cidr: '203.0.113.0/25',
      except: ['203.0.113.64/26'],
      ports,
    });
    const update = await bulkhead.api.change('PATCH', pathOf(tenant, made), { ports: [] });
    expect(update.operation.state).toBe('succeeded');
    expect(await block(tenant, '203.0.113.0/25')).toEqual({
      cidr: '203.0.113.0/25',
      except: ['203.0.113.64/26'],
      ports: undefined,
    });
    const { operation } = await bulkhead.api.change('DELETE', pathOf(tenant, made));
    expect(operation.state).toBe('succeeded');
    expect(await blocksOf(tenant)).toEqual(before);
    // Nothing is left to write.
    expect((await bulkhead.api.changeNothing(`/v1/tenants/${tenant.id}`)).steps).toEqual([]);
  });

  test('that denies is left out of what the plan and other rules open', async () => {
    const tenant = await newTenant();
    await ruled(tenant, { direction: 'ingress' });
    const denying = await ruled(tenant, { action: 'deny', cidrs: ['203.0.113.0/26'] });
    await ruled(tenant, { action: 'deny', direction: 'ingress', cidrs: ['203.0.113.0/26'] });
    const except = expect.arrayContaining(['203.0.113.0/26', '169.254.0.0/16']) as string[];
    expect(await block(tenant, '0.0.0.0/0')).toMatchObject({ except });
    expect(await block(tenant, '203.0.113.0/25', 'ingress')).toMatchObject({ except: ['203.0.113.0/26'] });
    await bulkhead.api.change('DELETE', pathOf(tenant, denying));
    expect((await block(tenant, '0.0.0.0/0'))?.except).not.toContain('203.0.113.0/26');
  });

  test('for some pods has policies of its own, which others cannot change', async () => {
    const tenant = await newTenant();
    const selecting = { podSelector: { matchLabels: { app: 'ledger' } } };
    const [opened, closed] = [
      await ruled(tenant, selecting),
      await ruled(tenant, { ...selecting, action: 'deny', cidrs: ['203.0.113.0/26'] }),
    ];
    const ofRules = async (): Promise<string[]> =>
      [...(await blocksOf(tenant)).keys()].filter((name) => name.startsWith('tenant-rules-'));
    const names = await ofRules();
    expect(names).toHaveLength(2);
    expect((await blocksOf(tenant)).get('tenant-allow')?.map(({ cidr }) => cidr)).not.toContain('0.0.0.0/0');
    await cluster.networking.deleteNamespacedNetworkPolicy({ namespace: `tn-${tenant.slug}`, name: names[0] ?? '' });
    await eventually('the policy is restored', async () => (await ofRules()).length === 2);
    await bulkhead.api.change('DELETE', pathOf(tenant, closed));
    await bulkhead.api.change('DELETE', pathOf(tenant, opened));
    expect(await ofRules()).toEqual([]);
    expect(await block(tenant, '0.0.0.0/0')).toBeDefined();
  });

  test('is gone when it expires, also from a frozen tenant', async () => {
    const tenant = await newTenant();
    const expiresAt = new Date(Date.now() + 5000);
    const made = await ruled(tenant, { expiresAt: expiresAt.toISOString() });
    expect(made.inForce).toBe(true);
    expect(await block(tenant, '203.0.113.0/25')).toBeDefined();
    await bulkhead.api.change('POST', `/v1/tenants/${tenant.id}/holds`, {
      source: 'admin',
      effect: 'freeze',
      reason: 'Evidence.',
    });
    await eventually('the rule is gone', async () => (await block(tenant, '203.0.113.0/25')) === undefined);
    console.log(`rule: gone from the cluster ${Date.now() - expiresAt.getTime()} ms after its end`);
    expect(await read(tenant, made)).toMatchObject({ inForce: false, outOfForce: { code: 'expired' } });
    const [last] = await bulkhead.database.query(
      `SELECT kind, requested_by AS by FROM operations o JOIN network_rules n USING (tenant_id)
       WHERE n.expires_at IS NOT NULL ORDER BY o.id DESC LIMIT 1`,
    );
    expect(last).toEqual({ kind: 'update', by: 'bulkhead' });
  });

  test('opens nothing while the tenant is cut off, and is in force again after that', async () => {
    const tenant = await newTenant();
    const made = await ruled(tenant, { podSelector: { matchLabels: { app: 'ledger' } } });
    const hold = { source: 'security', effect: 'quarantine', reason: 'Incident 7.' };
    const { tenant: placed } = await bulkhead.api.change('POST', `/v1/tenants/${tenant.id}/holds`, hold);
    expect([...(await blocksOf(tenant)).keys()]).toEqual(['tenant-default-deny']);
    expect(await read(tenant, made)).toMatchObject({ inForce: false, outOfForce: { code: 'cut-off' } });
    const late = await ruled(tenant);
    expect(late.outOfForce?.code).toBe('cut-off');
    expect([...(await blocksOf(tenant)).keys()]).toEqual(['tenant-default-deny']);
    await bulkhead.api.change('DELETE', `/v1/tenants/${tenant.id}/holds/${placed.id}`);
    expect((await read(tenant, made)).inForce).toBe(true);
    expect(await block(tenant, '203.0.113.0/25')).toBeDefined();
  });

  test('can be previewed before it is made, changed or deleted, and the change bound to the preview', async () => {
    const tenant = await newTenant();
    const before = await blocksOf(tenant);
    const preview = async (change: Json): Promise<Preview> => {
      const answer = await bulkhead.api.send('POST', `${pathOf(tenant)}/preview`, change);
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      return answer.body as unknown as Preview;
    };
    const bound = ({ token }: Preview): Record<string, string> => ({
      'if-preview-match': `"${token}"`,
      prefer: 'wait=45',
    });
    const ports = [{ protocol: 'TCP', port: 5432 }];
    const wanted = rule({ ports });
    const made = await preview({ create: wanted });
    const opened = { direction: 'egress', environments: ['main'], podLabels: {} };
    expect(made).toMatchObject({
      changes: [
        { object: `networking.k8s.io/v1/NetworkPolicy/tn-${tenant.slug}/tenant-allow`, action: 'update', tried: true },
      ],
      connections: [{ ...opened, change: 'opens', ranges: [{ cidr: '203.0.113.0/25', except: [], ports }] }],
      networkRules: [],
    });
    expect(await blocksOf(tenant)).toEqual(before);
    const other = await bulkhead.api.send('POST', pathOf(tenant), rule(), bound(made));
    expect(other).toMatchObject({ status: 412, body: { code: 'precondition.preview_stale' } });
    const { status, body } = await bulkhead.api.send('POST', pathOf(tenant), wanted, bound(made));
    expect({ status, body }).toMatchObject({ status: 202, body: { inForce: true } });
    const own = body as RuleBody;
    const change = { ports: [{ protocol: 'TCP', port: 5433 }] };
    const moved = await preview({ update: { id: own.id, change } });
    expect(moved.connections.map(({ change: what, ranges }) => [what, ranges[0]?.ports])).toEqual([
      ['opens', change.ports],
      ['closes', ports],
    ]);
    expect((await bulkhead.api.send('PATCH', pathOf(tenant, own), change, bound(moved))).status).toBe(202);
    const gone = await preview({ delete: { id: own.id } });
    expect(gone.connections).toMatchObject([{ change: 'closes', ranges: [{ cidr: '203.0.113.0/25' }] }]);
    // Another rule has changed in the meantime.
    await ruled(tenant, { action: 'deny', cidrs: ['203.0.113.200/32'] });
    const late = await bulkhead.api.send('DELETE', pathOf(tenant, own), undefined, bound(gone));
    expect(late).toMatchObject({ status: 412, body: { code: 'precondition.preview_stale' } });
    const again = await preview({ delete: { id: own.id } });
    expect((await bulkhead.api.send('DELETE', pathOf(tenant, own), undefined, bound(again))).status).toBe(202);
    expect((await block(tenant, '0.0.0.0/0'))?.except).toContain('203.0.113.200/32');
  });

  test('is out of force under a plan version that does not let rules open as much, and stays on record', async () => {
    const tenant = await newTenant();
    const [made, denying] = [await ruled(tenant), await ruled(tenant, { action: 'deny', cidrs: ['198.41.0.0/24'] })];
    const narrower = { egress: ['203.0.113.0/26'] };
    const preview = await bulkhead.api.send('POST', `/v1/plans/${PLAN}/preview`, {
      spec: specWith(narrower),
      tenantIds: [tenant.id],
    });
    expect(preview.body, JSON.stringify(preview.body)).toMatchObject({
      items: [
        {
          networkRules: [{ id: made.id, inForce: false }],
          connections: [{ change: 'closes', ranges: [{ cidr: '203.0.113.0/25' }] }],
        },
      ],
    });
    await newVersion('POST', `/v1/plans/${PLAN}/versions`, {}, narrower);
    await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, { plan: PLAN });
    expect(await block(tenant, '203.0.113.0/25')).toBeUndefined();
    expect(await read(tenant, made)).toMatchObject({ inForce: false, outOfForce: { code: 'outside-plan' } });
    expect((await read(tenant, denying)).inForce).toBe(true);
    const told = async (): Promise<string> => {
      const { conditions } = await bulkhead.api.get<TenantBody>(`/v1/tenants/${tenant.id}`);
      return conditions.find(({ type }) => type === 'NetworkIsolated')?.message ?? '';
    };
    expect(await told()).toContain(`Network rules are not in force: ${made.id}: The plan`);
    await bulkhead.api.change('PATCH', `/v1/tenants/${tenant.id}`, { plan: { id: PLAN, version: 1 } });
    expect(await read(tenant, made)).toMatchObject({ inForce: true, outOfForce: null });
    expect(await told()).not.toContain('Network rules');
    expect(await block(tenant, '203.0.113.0/25')).toBeDefined();
  });

  test('is shown by reachability, and is forgotten with the tenant', async () => {
    const tenant = await newTenant();
    await ruled(tenant, { direction: 'ingress', ports: [{ protocol: 'UDP', port: 5000 }] });
    const { ways: all } = await bulkhead.api.get<{ ways: Json[] }>(`/v1/tenants/${tenant.id}/reachability`);
    const ways = all.filter(({ endpoint, direction }) => endpoint === '203.0.113.0' && direction === 'inbound');
    expect(ways.filter(({ allowed }) => allowed).map(({ ports }) => ports)).toEqual([['UDP/5000']]);
    await bulkhead.api.removeTenant(tenant.id);
    const rows = await bulkhead.database.query(
      'SELECT id FROM network_rules WHERE tenant_id NOT IN (SELECT id FROM tenants WHERE deleted_at IS NULL)',
    );
    expect(rows).toEqual([]);
  });
});
