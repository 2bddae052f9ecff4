import path from 'node:path';

import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { ApiClient } from '../support/api-client.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';

let bulkhead: Bulkhead;
beforeAll(async () => {
  bulkhead = await Bulkhead.start();
});
afterAll(() => bulkhead.stop());

const cel = {
  match: [{ apiGroups: [''], resources: ['configmaps'] }],
  validations: [{ expression: "object.metadata.name != 'forbidden'", message: 'Not this name.' }],
};
const wanted = { target: { all: true }, mode: 'enforce', rule: { cel } };
const create = (body: object): ReturnType<ApiClient['send']> => bulkhead.api.send('POST', '/v1/policies', body);
const errorsOf = (body: unknown): { pointer: string; detail: string }[] =>
  (body as { errors: { pointer: string; detail: string }[] }).errors;

describe('a policy', () => {
  test('is accepted with its defaults, versioned, and rolled back in one call', async () => {
    const id = newSlug('policy');
    const created = await create({ id, ...wanted });
    expect(created).toMatchObject({
      status: 202,
      body: { id, version: 1, latestVersion: 1, observedVersion: 0, state: 'pending', exceptions: [], parameters: {} },
    });
    expect(created.headers.get('location')).toBe(`/v1/policies/${id}`);
    const warn = { ...wanted, mode: 'warn' };
    expect(await bulkhead.api.send('PUT', `/v1/policies/${id}`, warn)).toMatchObject({
      status: 202,
      body: { version: 2 },
    });
    expect(await bulkhead.api.send('PUT', `/v1/policies/${id}`, warn)).toMatchObject({
      status: 409,
      body: { code: 'policy.unchanged' },
    });
    const back = await bulkhead.api.send('POST', `/v1/policies/${id}/rollback`, { version: 1 });
    expect(back).toMatchObject({ status: 202, body: { version: 3, mode: 'enforce' } });
    const { items } = await bulkhead.api.get<{ items: { version: number; mode: string }[] }>(
      `/v1/policies/${id}/versions`,
    );
    expect(items.map(({ version, mode }) => [version, mode])).toEqual([
      [1, 'enforce'],
      [2, 'warn'],
      [3, 'enforce'],
    ]);
    expect(await create({ id, ...wanted })).toMatchObject({ status: 409, body: { code: 'policy.id_taken' } });
    expect(await bulkhead.api.send('POST', `/v1/policies/${id}/rollback`, { version: 9 })).toMatchObject({
      status: 404,
      body: { code: 'policy.version_not_found' },
    });
  });

  test('with a rule that does not compile is refused with line and column', async () => {
    const broken = { ...cel, validations: [{ expression: 'object.spec.replicas <', message: 'No.' }] };
    const answer = await create({ id: newSlug('policy'), ...wanted, rule: { cel: broken } });
    expect(answer).toMatchObject({ status: 422, body: { code: 'policy.rule_invalid' } });
    expect(errorsOf(answer.body)).toMatchObject([
      { pointer: '/rule/cel/validations/0/expression', detail: expect.stringMatching(/^1:23: Syntax error/) as string },
    ]);
    const number = { ...cel, validations: [{ expression: '1 + 1', message: 'No.' }] };
    expect(errorsOf((await create({ id: newSlug('policy'), ...wanted, rule: { cel: number } })).body)).toMatchObject([
      { detail: expect.stringContaining('must evaluate to bool') as string },
    ]);
    const source = 'package a\n\nviolation contains {"msg": msg} if {\n  input.x = \n}\n';
    const rego = { match: [{ apiGroups: [''], kinds: ['Pod'] }], source };
    const refused = await create({ id: newSlug('policy'), ...wanted, rule: { rego } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'policy.rule_invalid' } });
    expect(errorsOf(refused.body)).toEqual([
      { pointer: '/rule/rego/source', code: 'policy.rule_invalid', detail: '5:1: unexpected } token' },
    ]);
    const curious = source.replace('input.x = ', 'data.inventory.x; msg := "a"');
    expect(
      errorsOf((await create({ id: newSlug('policy'), ...wanted, rule: { rego: { ...rego, source: curious } } })).body),
    ).toMatchObject([{ detail: expect.stringContaining('data.inventory.x is not known here') as string }]);
  });

  test('in Rego is refused without Gatekeeper', async () => {
    const source = 'package a\n\nviolation contains {"msg": "no"} if { input.review.object }\n';
    const rule = { rego: { match: [{ apiGroups: [''], kinds: ['Pod'] }], source } };
    expect(await create({ id: newSlug('policy'), ...wanted, rule })).toMatchObject({
      status: 422,
      body: { code: 'policy.gatekeeper_missing', detail: expect.stringContaining('Gatekeeper') as string },
    });
  });

  test.for([
    ['no target', { target: {} }, '/target'],
    ['two targets', { target: { all: true, plans: ['team'] } }, '/target'],
    ['two rules', { rule: { cel, library: { name: 'require-digest' } } }, '/rule'],
    ['an unknown mode', { mode: 'maybe' }, '/mode'],
    [
      'deletions, which could hold up the end of a namespace',
      { rule: { cel: { ...cel, match: [{ ...cel.match[0], operations: ['DELETE'] }] } } },
      '/rule/cel/match/0/operations/0',
    ],
    ['an unknown rule of the library', { rule: { library: { name: 'nonsense' } } }, '/rule/library/name'],
    ['a rule without its parameters', { rule: { library: { name: 'block-images' } } }, '/parameters/images'],
    [
      'an unknown parameter',
      { rule: { library: { name: 'require-digest' } }, parameters: { x: 'y' } },
      '/parameters/x',
    ],
    ['an unknown tenant', { target: { tenants: ['tenant_01h455vb4pex5vsknk084sn02q'] } }, '/target/tenants/0'],
    [
      'an exception for an unknown tenant',
      { exceptions: [{ tenant: 'acme', reason: 'Because.' }] },
      '/exceptions/0/tenant',
    ],
  ] as const)('with %s is refused', async ([, change, pointer]) => {
    const answer = await create({ id: newSlug('policy'), ...wanted, ...change });
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(errorsOf(answer.body)[0]?.pointer).toBe(pointer);
  });

  test('is tested against objects without a cluster', async () => {
    const id = newSlug('policy');
    const rule = { library: { name: 'block-images' } };
    const images = [`sha256:${'a'.repeat(64)}`, 'registry.example/bad:1'];
    expect(await create({ id, ...wanted, rule, parameters: { images } })).toMatchObject({ status: 202 });
    const pod = (image: string): object => ({
      resource: 'pods',
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a', namespace: 'tn-a' },
        spec: { containers: [{ name: 'a', image }] },
      },
    });
    const reviews = [`x/y@sha256:${'a'.repeat(64)}`, 'registry.example/bad:1', 'registry.example/bad:2'].map(pod);
    const tried = await bulkhead.api.send('POST', `/v1/policies/${id}/test`, { reviews });
    expect(tried).toMatchObject({ status: 200, body: { version: 1 } });
    expect((tried.body as { results: { allowed: boolean }[] }).results.map(({ allowed }) => allowed)).toEqual([
      false,
      false,
      true,
    ]);
    const broken = { resource: 'pods', object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } } };
    const unclear = await bulkhead.api.send('POST', `/v1/policies/${id}/test`, { reviews: [broken] });
    expect(unclear.body).toMatchObject({ results: [{ allowed: false }] });
  });

  test('is compiled by a program found by name, and refused without it', async () => {
    const env = (name: string): Record<string, string> => ({
      BULKHEAD_POLICY_JUDGE: name,
      PATH: `${path.dirname(inject('policyJudge'))}:${process.env['PATH'] ?? ''}`,
    });
    for (const [name, status] of [
      [path.basename(inject('policyJudge')), 202],
      ['bulkhead-no-such-program', 503],
    ] as const) {
      const other = await Bulkhead.start({ env: env(name) });
      const answer = await other.api.send('POST', '/v1/policies', { id: newSlug('policy'), ...wanted });
      expect(answer.status, JSON.stringify(answer.body)).toBe(status);
      if (status === 503) expect(answer.body['code']).toBe('policy.judge_unavailable');
      await other.stop();
    }
  });

  test('can be changed by administrators and operators, and read by auditors', async () => {
    const [auditor, billing] = await Promise.all(
      ['auditor', 'billing'].map(async (role) => new ApiClient(bulkhead.url, await bulkhead.createKey(role))),
    );
    expect((await auditor?.send('GET', '/v1/policies'))?.status).toBe(200);
    expect((await auditor?.send('GET', '/v1/policy-library'))?.status).toBe(200);
    expect((await auditor?.send('POST', '/v1/policies', { id: newSlug('policy'), ...wanted }))?.status).toBe(403);
    expect((await billing?.send('GET', '/v1/policies'))?.status).toBe(403);
    expect((await bulkhead.api.send('GET', '/v1/policies/nothing')).body['code']).toBe('policy.not_found');
  });
});
