import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Bulkhead, newSlug } from '../support/bulkhead.js';
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
  // Without a worker: what is asked here is answered by the API alone.
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

test('is not known before a worker has reached the cluster', async () => {
  const { id } = await newTenant();
  for (const path of [`/v1/tenants/${id}/reachability`, '/v1/reachability']) {
    const answer = await bulkhead.api.send('GET', path);
    expect(answer).toMatchObject({ status: 503, body: { code: 'reachability.cluster_unknown' } });
  }
});

describe('of a cluster that a worker knows', () => {
  beforeAll(() => storeFacts(cluster));

  test('a tenant reaches DNS and itself, and the answer names the rules', async () => {
    const { id, slug } = await newTenant('team', ['main', 'dev']);
    await newTenant();
    const { ways, otherTenants, ...rest } = await answerOf(id);
    expect(rest).toMatchObject({ tenantId: id, slug, generation: 1, basis: 'rendered' });
    const dns = ways.filter((way) => way.direction === 'outbound' && way.place === 'dns' && way.allowed);
    expect(dns).toMatchObject(
      [`tn-${slug}`, `tn-${slug}-dev`].map((namespace) => ({
        ...{ namespace, ports: ['TCP/53', 'UDP/53'], readingsDiffer: false },
        pods: { length: 4 },
        egress: { because: [{ object: `NetworkPolicy ${namespace}/tenant-allow-dns`, rule: 0, effect: 'allows' }] },
      })),
    );
    const metadata = ways.filter(({ place, direction }) => place === 'metadata' && direction === 'outbound');
    expect(new Set(metadata.map(({ endpoint }) => endpoint))).toEqual(
      new Set(['169.254.169.254', 'fd00:ec2::254', '168.63.129.16', '100.100.100.200']),
    );
    expect(metadata.filter(({ allowed }) => allowed)).toEqual([]);
    expect(metadata[0]?.egress.because).toContainEqual({
      ...{ object: `NetworkPolicy tn-${slug}/tenant-default-deny`, rule: null, effect: 'isolates' },
    });
    expect(ways.filter(({ direction, allowed }) => direction === 'within' && !allowed)).toEqual([]);
    expect(otherTenants).toMatchObject({ reaches: [], reachedBy: [] });
    expect(otherTenants.checked).toBeGreaterThan(0);
    expect(otherTenants.example.map(({ allowed }) => allowed)).not.toContain(true);
    expect(otherTenants.example[0]?.egress.because.map(({ object }) => object)).toContain(
      `NetworkPolicy tn-${slug}/tenant-default-deny`,
    );
  });

  test('the gateway reaches exposed pods only', async () => {
    const { id } = await newTenant('team');
    const inbound = (await answerOf(id)).ways.filter(({ place, direction, allowed }) => {
      return place === 'gateway' && direction === 'inbound' && allowed;
    });
    expect(inbound.flatMap(({ pods }) => pods)).toEqual(['pod with bulkhead.io/exposed=true']);
  });

  test('a tenant in quarantine reaches nothing, and nothing reaches it', async () => {
    const { id } = await newTenant();
    const hold = { source: 'security', effect: 'quarantine', reason: 'Case 4711' };
    expect((await bulkhead.api.send('POST', `/v1/tenants/${id}/holds`, hold)).status).toBe(202);
    const { generation, ways } = await answerOf(id);
    expect(generation).toBe(2);
    expect(ways.filter(({ allowed }) => allowed)).toEqual([]);
  });

  test('a tenant that is not there is not found', async () => {
    for (const id of ['tenant_01h455vb4pex5vsknk084sn02q', 'x']) {
      const answer = await bulkhead.api.send('GET', `/v1/tenants/${id}/reachability`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'tenant.not_found' } });
    }
  });

  test('the matrix has every tenant, and no way between two', async () => {
    const { id } = await newTenant();
    const { basis, places, links } = await bulkhead.api.get<MatrixBody>('/v1/reachability');
    expect(basis).toBe('rendered');
    const tenants = new Set(places.filter(({ kind }) => kind === 'tenant').map((place) => place.id));
    expect(tenants).toContain(id);
    expect(links).toContainEqual(expect.objectContaining({ from: id, to: id, complete: true }));
    expect(links.filter(({ from, to }) => from !== to && tenants.has(from) && tenants.has(to))).toEqual([]);
  });

  test('the matrix is a picture for who wants one', async () => {
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

  test('whoever may read tenants may ask, and nobody else', async () => {
    const { id } = await newTenant();
    for (const path of [`/v1/tenants/${id}/reachability`, '/v1/reachability']) {
      expect((await bulkhead.api.as(await bulkhead.createKey('auditor')).send('GET', path)).status).toBe(200);
      expect((await bulkhead.api.as(null).send('GET', path)).status).toBe(401);
    }
  });
});
