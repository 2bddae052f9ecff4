import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { meshCluster } from '../isolation/meshes.js';
import { cluster } from '../isolation/tenants.js';
import { type ApiAnswer, type ApiClient } from '../support/api-client.js';
import { type Bulkhead } from '../support/bulkhead.js';
import { type Json, RulesApi } from '../support/network-rules.js';

interface Verdict {
  allowed: boolean;
  egress: { allowed: boolean; because: { object: string }[] };
  ingress: { allowed: boolean };
  rules: { id: string; action: string; decides: boolean }[];
}
interface Subject {
  path: string;
  id: string;
  slug: string;
}

let rules: RulesApi;
let bulkhead: Bulkhead;
let acme: Subject;
let other: Subject;
let deny: string;
beforeAll(async () => {
  rules = await RulesApi.start();
  ({ bulkhead } = rules);
  [acme, other] = [await newTenant({ environments: ['main', 'staging'] }), await newTenant()];
  await rules.knows(cluster as unknown as Json);
  await rules.send(acme.path, { cidrs: ['203.0.113.0/25'], environments: ['staging'] });
  const denied = await rules.send(acme.path, { action: 'deny', cidrs: ['203.0.113.8/32'] });
  deny = String(denied.body['id']);
});
afterAll(() => bulkhead.stop());

async function newTenant(more: Json = {}, plan = 'bounded'): Promise<Subject> {
  const path = await rules.newTenant(plan, more);
  const { slug } = await bulkhead.api.get<{ slug: string }>(path);
  return { path, slug, id: path.split('/').at(-1) ?? '' };
}

const ask = (body: Json, by: ApiClient = bulkhead.api): Promise<ApiAnswer> =>
  by.send('POST', '/v1/reachability/query', body);
const verdict = async (from: Json, to: Json, more: Json = {}, by?: ApiClient): Promise<Verdict> => {
  const { status, body } = await ask({ from, to, port: 5432, ...more }, by);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as unknown as Verdict;
};
const pointers = ({ body }: ApiAnswer): unknown[] =>
  (body['errors'] as { pointer: string; code: string }[]).map(({ pointer, code }) => [pointer, code]);

describe('a question about a connection', () => {
  test('is answered with the objects and the rules that decide', async () => {
    const staging = { tenant: acme.id, environment: 'staging' };
    const opened = await verdict(staging, { address: '203.0.113.7' });
    expect(opened).toMatchObject({ allowed: true, rules: [{ action: 'allow', decides: true }], mesh: null, links: [] });
    expect(opened.egress.because).toMatchObject([{ object: `NetworkPolicy tn-${acme.slug}-staging/tenant-allow` }]);
    const denied = await verdict(staging, { address: '203.0.113.8' });
    expect(denied).toMatchObject({
      allowed: false,
      rules: [
        { id: deny, tenantId: acme.id, direction: 'egress', action: 'deny', decides: true },
        { action: 'allow', decides: false },
      ],
    });
    // By slug, in the first environment, where the rule does not apply.
    expect(await verdict({ tenant: acme.slug }, { address: '203.0.113.7' })).toMatchObject({
      allowed: false,
      rules: [],
    });
  });

  test('can be about pods of tenants and of the platform', async () => {
    const [own, theirs] = [{ tenant: acme.id }, { tenant: other.slug }];
    expect((await verdict(own, { tenant: acme.id, environment: 'staging' })).allowed).toBe(true);
    expect((await verdict(own, own)).allowed).toBe(true);
    expect((await verdict(own, theirs)).allowed).toBe(false);
    const served = { tenant: (await newTenant({}, 'team')).id };
    await rules.knows(cluster as unknown as Json);
    const gateway = { namespace: 'ingress', labels: { app: 'gateway' } };
    const exposed = { ...served, labels: { 'bulkhead.io/exposed': 'true' } };
    expect((await verdict(gateway, exposed)).allowed).toBe(true);
    expect((await verdict(gateway, served)).ingress.allowed).toBe(false);
    expect((await verdict({ namespace: 'ingress' }, exposed)).ingress.allowed).toBe(false);
    expect((await verdict({ namespace: `tn-${acme.slug}` }, { tenant: acme.id })).allowed).toBe(true);
  });

  test('in a mesh also has the verdict of its policies', async () => {
    const known = meshCluster('istio-ambient');
    await rules.knows(known as unknown as Json);
    try {
      const within = await verdict({ tenant: acme.id, serviceAccount: 'api' }, { tenant: acme.id });
      const caller = `ns/tn-${acme.slug}/sa/api`;
      expect(within).toMatchObject({ allowed: true, mesh: { kind: 'istio-ambient', caller, allowed: true } });
      const between = await verdict({ tenant: other.id }, { tenant: acme.id });
      expect(between).toMatchObject({ allowed: false, mesh: { allowed: false } });
    } finally {
      await rules.knows(cluster as unknown as Json);
    }
  });

  test('can be one of 1,000, which are answered in their order', async () => {
    const one = { from: { tenant: acme.id, environment: 'staging' }, port: 5432 };
    const questions = Array.from({ length: 1_000 }, (_, index) => ({
      ...one,
      to: { address: `203.0.113.${index % 256}` },
    }));
    const { status, body } = await ask({ questions });
    expect(status).toBe(200);
    const answers = (body['answers'] as Verdict[]).map(({ allowed }) => allowed);
    // 8 is denied by a rule, 99 by the plan.
    expect(answers).toEqual(questions.map((_, index) => index % 256 < 128 && ![8, 99].includes(index % 256)));
    expect(await ask({ questions: [...questions, ...questions.slice(0, 1)] })).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ pointer: '/questions' }] },
    });
  });
});

describe('what is wrong with a question is told', () => {
  const own = (): Json => ({ tenant: acme.id });
  const good = (): Json => ({ from: own(), to: { address: '203.0.113.7' }, port: 1 });

  test.each<[string, () => Json, string]>([
    ['no end', () => ({ port: 1, to: own() }), '/from'],
    ['no port', () => ({ from: own(), to: own() }), '/port'],
    ['an address that is none', () => ({ ...good(), to: { address: '203.0.113.256' } }), '/to/address'],
    ['a range', () => ({ ...good(), to: { address: '203.0.113.0/24' } }), '/to/address'],
    ['an IPv4 address in IPv6', () => ({ ...good(), to: { address: '::ffff:203.0.113.7' } }), '/to/address'],
    ['two kinds of ends', () => ({ ...good(), to: { ...own(), address: '203.0.113.7' } }), '/to'],
    ['labels of an address', () => ({ ...good(), to: { address: '203.0.113.7', labels: {} } }), '/to'],
    ['an environment without a tenant', () => ({ ...good(), to: { namespace: 'x', environment: 'main' } }), '/to'],
    ['a port out of range', () => ({ ...good(), port: 65_536 }), '/port'],
    ['an address of a pod', () => ({ ...good(), to: { address: '10.244.1.2' } }), '/to/address'],
    ['an address of a Service', () => ({ ...good(), to: { address: '10.96.3.4' } }), '/to/address'],
    ['no tenant', () => ({ ...good(), from: { namespace: 'ingress' } }), ''],
    ['one and many', () => ({ from: own(), questions: [good()] }), '/from'],
    ['the second of many', () => ({ questions: [good(), { ...good(), to: {} }] }), '/questions/1/to'],
    ['an unknown field', () => ({ questions: [{ ...good(), to: { adress: '1.1.1.1' } }] }), '/questions/0/to/adress'],
  ])('%s', async (_, body, pointer) => {
    const answer = await ask(body());
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(pointers(answer)).toContainEqual([pointer, expect.any(String)]);
  });

  test('ends that do not exist, all at once', async () => {
    const unknown = { tenant: 'tenant_01h455vb4pex5vsknk084sn02q' };
    const questions = [
      good(),
      { ...good(), from: unknown },
      { ...good(), to: { tenant: acme.slug, environment: 'dev' } },
    ];
    const answer = await ask({ questions });
    expect(answer).toMatchObject({ status: 422, body: { code: 'reachability.end_unknown' } });
    expect(pointers(answer)).toEqual([
      ['/questions/1/from/tenant', 'reachability.end_unknown'],
      ['/questions/2/to/environment', 'reachability.end_unknown'],
    ]);
  });
});

describe('a caller that is bound to a tenant', () => {
  let member: ApiClient;
  beforeAll(async () => {
    member = bulkhead.api.as(await bulkhead.createKey('tenant-viewer', '--tenant', acme.id));
  });

  test('asks about its tenant and addresses', async () => {
    const staging = { tenant: acme.slug, environment: 'staging' };
    expect((await verdict(staging, { address: '203.0.113.7' }, {}, member)).allowed).toBe(true);
    expect((await verdict({ address: '203.0.113.7' }, staging, {}, member)).allowed).toBe(false);
    expect((await verdict(staging, { tenant: acme.id }, {}, member)).allowed).toBe(true);
  });

  test('cannot tell another tenant from one that does not exist', async () => {
    const about = (end: Json): Promise<ApiAnswer> => ask({ from: { tenant: acme.id }, to: end, port: 443 }, member);
    const answers = [
      await about({ tenant: other.id }),
      await about({ tenant: other.slug }),
      await about({ tenant: 'nobody' }),
      await about({ namespace: `tn-${other.slug}` }),
      await about({ namespace: 'tn-nobody' }),
      await about({ namespace: 'ingress' }),
    ];
    for (const { status, body } of answers) {
      expect({ status, code: body['code'] }).toEqual({ status: 422, code: 'reachability.end_unknown' });
    }
    const foreign = await ask({ from: { tenant: other.id }, to: { address: '203.0.113.7' }, port: 443 }, member);
    expect(pointers(foreign)).toEqual([['/from/tenant', 'reachability.end_unknown']]);
    // The same words, apart from the name that was asked.
    const words = answers.map(({ body }) => String(body['detail']).replace(/".*"/, ''));
    expect(new Set(words)).toEqual(new Set(['There is no tenant .', 'There is no namespace .']));
  });
});

describe('the page', () => {
  const page = async (query: string, by: ApiClient = bulkhead.api): Promise<{ text: string; headers: Headers }> => {
    const answer = await by.fetch(`/v1/reachability/query${query}`, { accept: 'text/html' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    return { text: await answer.text(), headers: answer.headers };
  };

  test('is a form without scripts, with a policy that allows none', async () => {
    const { text, headers } = await page('');
    expect(text).toContain('<form method="get">');
    expect(text).not.toMatch(/<script|\son\w+=/);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]+'; form-action 'self'/);
    expect(policy).not.toContain('unsafe');
    expect(text).toContain('color-scheme: light dark');
  });

  test('shows the verdict and keeps what was asked', async () => {
    const query = `?fromTenant=${acme.slug}&fromEnvironment=staging&fromLabels=app%3Dapi&toAddress=203.0.113.8&port=5432`;
    const { text } = await page(`${query}&fromNamespace=&toTenant=&protocol=TCP`);
    expect(text).toContain('<h2 class="closed">Closed</h2>');
    expect(text).toContain(`${deny} denies egress <b>and decides</b>`);
    expect(text).toContain(`name="fromTenant" value="${acme.slug}"`);
    const opened = await page(query.replace('203.0.113.8', '203.0.113.7'));
    expect(opened.text).toContain('<h2 class="open">Open</h2>');
  });

  test('says what cannot be asked, and writes nothing as markup', async () => {
    const { text } = await page('?fromTenant=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&toAddress=nowhere&port=443');
    expect(text).toContain('<h2>This cannot be asked</h2>');
    expect(text).toContain('/to/address: ');
    expect(text).not.toContain('<script');
    const member = bulkhead.api.as(await bulkhead.createKey('tenant-viewer', '--tenant', acme.id));
    const hidden = await page(`?fromTenant=${acme.id}&toTenant=${other.slug}&port=443`, member);
    expect(hidden.text).toContain(`There is no tenant &quot;${other.slug}&quot;.`);
  });
});
