import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type ProbePlan } from '#isolation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { runProgram } from '../support/program.js';
import { meshCluster } from '../isolation/meshes.js';
import { cluster } from '../isolation/tenants.js';

interface Way {
  direction: string;
  namespace: string;
  pods: string[];
  place: string;
  endpoint: string;
  allowed: boolean;
  ports: string[];
  readingsDiffer: boolean;
  egress: { because: { object: string; rule: number | null; effect: string }[] };
  ingress: { because: { object: string; rule: number | null; effect: string }[] };
}
interface Answer {
  generation: number;
  basis: string;
  ways: Way[];
  otherTenants: { checked: number; reaches: string[]; reachedBy: string[]; example: Way[] };
}
interface MatrixBody {
  basis: string;
  places: { id: string; kind: string }[];
  links: { from: string; to: string; complete: boolean; ports: string[] }[];
}

let bulkhead: Bulkhead;
beforeAll(async () => {
  // Without a worker: these requests only involve the API.
  bulkhead = await Bulkhead.start();
});
afterAll(() => bulkhead.stop());

async function newTenant(plan = 'team', environments: string[] = ['main']): Promise<{ id: string; slug: string }> {
  const slug = newSlug('reach');
  const { status, body } = await bulkhead.api.send('POST', '/v1/tenants', { slug, plan, environments });
  expect(status).toBe(202);
  return { id: body['id'] as string, slug };
}

const answerOf = (id: string): Promise<Answer> => bulkhead.api.get<Answer>(`/v1/tenants/${id}/reachability`);

async function storeFacts(facts: object | null): Promise<void> {
  await bulkhead.database.query('UPDATE clusters SET facts = $1::jsonb', [
    facts === null ? null : JSON.stringify(facts),
  ]);
}

test('is unknown before a worker has inspected the cluster', async () => {
  const { id } = await newTenant();
  for (const path of [`/v1/tenants/${id}/reachability`, '/v1/reachability']) {
    const answer = await bulkhead.api.send('GET', path);
    expect(answer).toMatchObject({ status: 503, body: { code: 'reachability.cluster_unknown' } });
  }
});

describe('in an inspected cluster', () => {
  beforeAll(() => storeFacts(cluster));

  test('in a mesh the answer names the mesh policies, which open nothing', async () => {
    const { id, slug } = await newTenant();
    const plain = await answerOf(id);
    expect(plain).toMatchObject({ mesh: null });
    await storeFacts(meshCluster('istio-ambient'));
    const { otherTenants, ...inMesh } = await answerOf(id);
    await storeFacts(cluster);
    expect(inMesh).toMatchObject({ mesh: { kind: 'istio-ambient', tunnelPort: 15_008 } });
    expect((inMesh as { mesh?: { objects: string[] } }).mesh?.objects).toEqual(
      expect.arrayContaining([
        `PeerAuthentication tn-${slug}/default`,
        `AuthorizationPolicy tn-${slug}/tenant-isolation-guard`,
      ]),
    );
    expect([...otherTenants.reaches, ...otherTenants.reachedBy]).toEqual([]);
  });

  test('a tenant reaches DNS and itself, and the answer names the rules', async () => {
    const { id, slug } = await newTenant('team', ['main', 'dev']);
    await newTenant();
    const { ways, otherTenants, ...rest } = await answerOf(id);
    expect(rest).toMatchObject({ tenantId: id, slug, generation: 1, basis: 'rendered' });
    const dns = ways.filter((way) => way.direction === 'outbound' && way.place === 'dns' && way.allowed);
    expect(dns).toMatchObject(
      [`tn-${slug}`, `tn-${slug}-dev`].map((namespace) => ({
        namespace,
        ports: ['TCP/53', 'UDP/53'],
        readingsDiffer: false,
        pods: { length: 4 },
        egress: { because: [{ object: `NetworkPolicy ${namespace}/tenant-allow`, rule: 1, effect: 'allows' }] },
      })),
    );
    const metadata = ways.filter(({ place, direction }) => place === 'metadata' && direction === 'outbound');
    expect(new Set(metadata.map(({ endpoint }) => endpoint))).toEqual(
      new Set([
        '169.254.169.254',
        '64:ff9b::a9fe:a9fe',
        '2002:a9fe:a9fe::1',
        'fd00:ec2::254',
        '168.63.129.16',
        '100.100.100.200',
      ]),
    );
    expect(metadata.filter(({ allowed }) => allowed)).toEqual([]);
    expect(metadata[0]?.egress.because).toContainEqual({
      object: `NetworkPolicy tn-${slug}/tenant-default-deny`,
      rule: null,
      effect: 'isolates',
    });
    expect(ways.filter(({ direction, allowed }) => direction === 'within' && !allowed)).toEqual([]);
    expect(otherTenants).toMatchObject({ reaches: [], reachedBy: [] });
    expect(otherTenants.checked).toBeGreaterThan(0);
    expect(otherTenants.example.map(({ allowed }) => allowed)).not.toContain(true);
    expect(otherTenants.example[0]?.egress.because.map(({ object }) => object)).toContain(
      `NetworkPolicy tn-${slug}/tenant-default-deny`,
    );
  });

  test('the gateway reaches only exposed pods', async () => {
    const { id } = await newTenant('team');
    const inbound = (await answerOf(id)).ways.filter(({ place, direction, allowed }) => {
      return place === 'gateway' && direction === 'inbound' && allowed;
    });
    expect(inbound.flatMap(({ pods }) => pods)).toEqual(['pod with bulkhead.io/exposed=true']);
  });

  test('a quarantined tenant reaches nothing, and nothing reaches it', async () => {
    const { id } = await newTenant();
    const hold = { source: 'security', effect: 'quarantine', reason: 'Case 4711' };
    expect((await bulkhead.api.send('POST', `/v1/tenants/${id}/holds`, hold)).status).toBe(202);
    const { generation, ways } = await answerOf(id);
    expect(generation).toBe(2);
    expect(ways.filter(({ allowed }) => allowed)).toEqual([]);
  });

  test('an unknown tenant is not found', async () => {
    for (const id of ['tenant_01h455vb4pex5vsknk084sn02q', 'x']) {
      const answer = await bulkhead.api.send('GET', `/v1/tenants/${id}/reachability`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'tenant.not_found' } });
    }
  });

  test('the matrix has every tenant and no path between two of them', async () => {
    const { id } = await newTenant();
    const { basis, places, links } = await bulkhead.api.get<MatrixBody>('/v1/reachability');
    expect(basis).toBe('rendered');
    const tenants = new Set(places.filter(({ kind }) => kind === 'tenant').map((place) => place.id));
    expect(tenants).toContain(id);
    expect(links).toContainEqual(expect.objectContaining({ from: id, to: id, complete: true }));
    expect(links.filter(({ from, to }) => from !== to && tenants.has(from) && tenants.has(to))).toEqual([]);
  });

  test('the matrix is available as a picture', async () => {
    const { slug } = await newTenant();
    for (const [query, accept] of [
      ['?format=svg', '*/*'],
      ['', 'image/svg+xml'],
    ] as const) {
      const answer = await bulkhead.api.fetch(`/v1/reachability${query}`, { accept });
      expect(answer.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      const text = await answer.text();
      expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(text).toContain(`>${slug}</text>`);
      expect(text).toContain('<title>Who reaches whom</title>');
    }
    const json = await bulkhead.api.fetch('/v1/reachability?format=json', { accept: 'image/svg+xml' });
    expect(json.headers.get('content-type')).toMatch(/^application\/json/);
    expect((await bulkhead.api.send('GET', '/v1/reachability?format=png')).status).toBe(400);
  });

  test('only callers that can read tenants can read it', async () => {
    const { id } = await newTenant();
    for (const path of [`/v1/tenants/${id}/reachability`, '/v1/reachability']) {
      expect((await bulkhead.api.as(await bulkhead.createKey('auditor')).send('GET', path)).status).toBe(200);
      expect((await bulkhead.api.as(null).send('GET', path)).status).toBe(401);
    }
  });
});

describe('bulkhead reachability', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-probes-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const probes = join(folder, 'probes.json');
  const command = (args: string[], env: Record<string, string> = {}): ReturnType<typeof runProgram> =>
    runProgram('apps/api/src/commands/bulkhead.js', ['reachability', ...args], env);
  const plan = (): ProbePlan => JSON.parse(readFileSync(probes, 'utf8')) as ProbePlan;

  test('writes probes for tenants of the database', async () => {
    await storeFacts(cluster);
    const [one, other] = [await newTenant(), await newTenant()].map(({ slug }) => `tn-${slug}`);
    const args = ['--probes', probes, '--namespace', one ?? '', '--namespace', other ?? ''];
    const { code, output } = await command(args, { DATABASE_URL: bulkhead.database.url });
    expect({ code, output }).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^\d+ pods in 6 namespaces; /) as string,
    });
    const between = plan().expectations.filter(
      ({ from, to }) => from === `${one}/probe-0` && to === `${other}/probe-0`,
    );
    expect(between.length).toBeGreaterThan(5);
    expect(new Set(between.map(({ expect: answer }) => answer))).toEqual(new Set(['blocked']));
  });

  test('writes probes for objects of any cluster, without a database', async () => {
    const objects = join(folder, 'objects.json');
    const items = [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web', uid: 'x', managedFields: [] } },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'deny', namespace: 'web' },
        spec: { podSelector: {} },
      },
    ];
    writeFileSync(objects, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const { code, output } = await command(['--probes', probes, '--objects', objects]);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(plan()).toMatchObject({
      namespaces: [{ name: 'bulkhead-probe-nobody' }, { name: 'web' }],
      policies: [{ metadata: { name: 'deny', namespace: 'web' } }],
      pods: [{ hostNetwork: false }, { namespace: 'web', name: 'probe-0', labels: {} }],
    });
    expect(plan().expectations).toContainEqual({
      from: 'bulkhead-probe-nobody/probe-0',
      to: 'web/probe-0',
      protocol: 'TCP',
      port: 80,
      expect: 'blocked',
    });
  });

  test('fails with a one-line message', async () => {
    const odd = join(folder, 'odd.json');
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'odd', namespace: 'web' },
    };
    writeFileSync(odd, JSON.stringify([{ ...policy, spec: { podSelector: { matchNames: [] } } }]));
    for (const [args, line] of [
      [[], /^usage: /],
      [['--objects', odd], /^usage: /],
      [['--probes', probes, '--objects', join(folder, 'none.json')], /is not readable JSON/],
      [['--probes', probes, '--objects', odd], /^NetworkPolicy web\/odd cannot be judged/],
    ] as const) {
      const { code, output } = await command([...args], { DATABASE_URL: bulkhead.database.url });
      expect({ code, lines: output.trim().split('\n').length }).toEqual({ code: 1, lines: 1 });
      expect(output).toMatch(line);
    }
  });
});
