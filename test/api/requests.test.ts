import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ApiAnswer } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
});
afterAll(() => bulkhead.stop());

async function rows(table: 'tenants' | 'plans' | 'plan_versions' | 'operations' | 'idempotency_keys'): Promise<number> {
  const [row] = await bulkhead.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
  return row?.count ?? -1;
}

function tenant(change: object = {}): object {
  return { slug: newSlug(), plan: 'team', ...change };
}

describe('invalid input gets a problem with a pointer and leaves no row', () => {
  const plan = (spec: object): object => ({ id: newSlug('plan'), displayName: 'Plan', spec });
  const cases: [
    name: string,
    path: string,
    body: () => unknown,
    expected: { status: number; code: string; pointer?: string },
  ][] = [
    [
      'an unknown field',
      'tenants',
      () => tenant({ colour: 'red' }),
      { status: 400, code: 'request.invalid', pointer: '/colour' },
    ],
    ['a missing slug', 'tenants', () => ({ plan: 'team' }), { status: 400, code: 'request.invalid', pointer: '/slug' }],
    [
      'a slug in capitals',
      'tenants',
      () => tenant({ slug: 'ACME' }),
      { status: 400, code: 'request.invalid', pointer: '/slug' },
    ],
    [
      'a slug that is too long',
      'tenants',
      () => tenant({ slug: 'a'.repeat(41) }),
      { status: 400, code: 'request.invalid', pointer: '/slug' },
    ],
    [
      'a slug that ends with a hyphen',
      'tenants',
      () => tenant({ slug: 'acme-' }),
      { status: 400, code: 'request.invalid', pointer: '/slug' },
    ],
    [
      'an unknown plan',
      'tenants',
      () => tenant({ plan: 'gold' }),
      { status: 422, code: 'tenant.plan_unknown', pointer: '/plan' },
    ],
    [
      'an unknown plan version',
      'tenants',
      () => tenant({ plan: { id: 'team', version: 99 } }),
      { status: 422, code: 'tenant.plan_unknown', pointer: '/plan' },
    ],
    [
      'more environments than the plan allows',
      'tenants',
      () => tenant({ plan: 'free', environments: ['main', 'x', 'y', 'z'] }),
      { status: 422, code: 'tenant.plan_limit', pointer: '/environments' },
    ],
    [
      'a duplicate environment',
      'tenants',
      () => tenant({ environments: ['main', 'main'] }),
      { status: 400, code: 'request.invalid', pointer: '/environments' },
    ],
    [
      'no environment at all',
      'tenants',
      () => tenant({ environments: [] }),
      { status: 400, code: 'request.invalid', pointer: '/environments' },
    ],
    [
      'a member that is built into Kubernetes',
      'tenants',
      () => tenant({ members: [{ kind: 'Group', name: 'system:masters', role: 'tenant-admin' }] }),
      { status: 400, code: 'request.invalid', pointer: '/members/0/name' },
    ],
    [
      'an unknown role',
      'tenants',
      () => tenant({ members: [{ kind: 'User', name: 'eve', role: 'cluster-admin' }] }),
      { status: 400, code: 'request.invalid', pointer: '/members/0/role' },
    ],
    [
      'an invalid label',
      'tenants',
      () => tenant({ labels: { region: 'über' } }),
      { status: 400, code: 'request.invalid', pointer: '/labels/region' },
    ],
    ['broken JSON', 'tenants', () => '{"slug":', { status: 400, code: 'request.malformed' }],
    ['an empty body', 'tenants', () => '', { status: 400, code: 'request.invalid' }],
    [
      'a body of one megabyte',
      'tenants',
      () => tenant({ displayName: 'x'.repeat(1024 * 1024) }),
      { status: 413, code: 'request.too_large' },
    ],
    ['a JSON list', 'tenants', () => [tenant()], { status: 400, code: 'request.invalid', pointer: '' }],
    [
      'a text with a NUL character',
      'tenants',
      () => tenant({ displayName: 'A\u0000B' }),
      { status: 400, code: 'request.invalid' },
    ],
    [
      'an invalid quantity',
      'plans',
      () => plan({ quota: { cpu: 'four', memory: '8Gi' } }),
      { status: 400, code: 'request.invalid', pointer: '/spec/quota/cpu' },
    ],
    [
      'an invalid CIDR',
      'plans',
      () => plan({ network: { allowCidrs: ['10.0.0.300/8'] } }),
      { status: 400, code: 'request.invalid', pointer: '/spec/network/allowCidrs/0' },
    ],
    [
      'the metadata address',
      'plans',
      () => plan({ network: { allowCidrs: ['169.254.169.254/32'] } }),
      { status: 400, code: 'request.invalid', pointer: '/spec/network/allowCidrs/0' },
    ],
    [
      'an unknown key of a plan',
      'plans',
      () => plan({ quota: { gpus: 1 } }),
      { status: 400, code: 'request.invalid', pointer: '/spec/quota/gpus' },
    ],
  ];

  test.for(cases)('%s', async ([, path, body, expected]) => {
    const before = [
      await rows('tenants'),
      await rows('operations'),
      await rows('plans'),
      await rows('idempotency_keys'),
    ];
    const sent = body();
    const headers = { 'idempotency-key': newSlug('key') };
    const answer = await bulkhead.api.send(
      'POST',
      `/v1/${path}`,
      sent,
      sent === '' ? { 'content-type': 'application/json', ...headers } : headers,
    );
    expect(answer.status).toBe(expected.status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ code: expected.code, status: expected.status, instance: `/v1/${path}` });
    expect(answer.body['requestId']).toBe(answer.headers.get('x-request-id'));
    if (expected.pointer !== undefined) expect(pointers(answer)).toContain(expected.pointer);
    expect([
      await rows('tenants'),
      await rows('operations'),
      await rows('plans'),
      await rows('idempotency_keys'),
    ]).toEqual(before);
  });

  test('a body that is not JSON', async () => {
    const answer = await bulkhead.api.send('POST', '/v1/tenants', 'slug=acme', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer).toMatchObject({ status: 415, body: { code: 'request.unsupported_media_type' } });
  });

  test('a path that cannot be decoded, the longest host, and a body that is announced and absent', async () => {
    const broken = await bulkhead.api.send('GET', '/v1/tenants/%ff');
    expect(broken).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
    expect(broken.headers.get('content-type')).toContain('application/problem+json');
    const longest = `${'a.'.repeat(123)}example`;
    const tenantId = 'tenant_01h455vb4pex5vsknk084sn02q';
    const absent = await bulkhead.api.send('DELETE', `/v1/tenants/${tenantId}/hosts/${longest}`);
    expect(absent).toMatchObject({ status: 404, body: { code: 'tenant.not_found' } });
    const json = { 'content-type': 'application/json' };
    const removed = await bulkhead.api.send('DELETE', `/v1/tenants/${tenantId}`, undefined, json);
    expect(removed).toMatchObject({ status: 404, body: { code: 'tenant.not_found' } });
    const created = await bulkhead.api.send('POST', '/v1/tenants', undefined, json);
    expect(created).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  });

  test('invalid ids, routes and cursors', async () => {
    const paths: [string, number, string][] = [
      ['/v1/tenants/nonsense', 404, 'tenant.not_found'],
      ['/v1/tenants/tenant_01h455vb4pex5vsknk084sn02q', 404, 'tenant.not_found'],
      ['/v1/operations/op_x', 404, 'operation.not_found'],
      ['/v1/plans/none', 404, 'plan.not_found'],
      ['/v1/plans/team/versions/7', 404, 'plan.version_not_found'],
      ['/v1/plans/team/versions/x', 400, 'request.invalid'],
      ['/v1/nothing', 404, 'route.not_found'],
      [`/v1/tenants/${'a'.repeat(2_001)}`, 404, 'route.not_found'],
      ['/v1/tenants?limit=0', 400, 'request.invalid'],
      ['/v1/tenants?colour=red', 400, 'request.invalid'],
      ['/v1/tenants?slug=%00', 400, 'request.invalid'],
      ['/v1/tenants?cursor=abc', 400, 'request.cursor_invalid'],
      ['/v1/operations/op_x?wait=a', 400, 'request.invalid'],
    ];
    for (const [path, status, code] of paths) {
      expect({ path, ...(await bulkhead.api.send('GET', path)) }).toMatchObject({ path, status, body: { code } });
    }
  });
});

function pointers(answer: ApiAnswer): string[] {
  return (answer.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
}
