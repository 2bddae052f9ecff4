import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createClient, items, OperationTimeoutError, type Tenant, unwrap, waitForOperation } from '#client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

import { isRefusal, provision, suspend } from '../../clients/typescript/examples/customer.js';
import { Bulkhead, newSlug } from '../support/bulkhead.js';
import { runProgram } from '../support/program.js';

interface Ended {
  code: number;
  output: string;
}

describe('the command line and the client', () => {
  let bulkhead: Bulkhead;
  let key: string;
  beforeAll(async () => {
    bulkhead = await Bulkhead.start();
    [key] = await Promise.all([bulkhead.createKey('platform-admin'), bulkhead.startWorker()]);
  });
  afterAll(() => bulkhead.stop());

  const cli = (args: string[], env: Record<string, string> = {}): Promise<Ended> =>
    runProgram('apps/cli/src/main.js', args, { BULKHEAD_URL: bulkhead.url, BULKHEAD_API_KEY: key, ...env });
  const json = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { code, output } = await cli(['--json', ...args]);
    expect(code, output).toBe(0);
    return JSON.parse(output) as Record<string, unknown>;
  };

  describe('bulkhead', () => {
    test('creates, lists, changes and deletes a tenant by its slug', async () => {
      const slug = newSlug('cli');
      const args = ['--slug', slug, '--plan', 'team', '--labels', 'region=eu', 'tier=gold', '--environments', 'main'];
      const created = await cli(['tenants', 'create', ...args, '--wait']);
      expect(created.code, created.output).toBe(0);
      expect(created.output).toContain(`slug: ${slug}`);
      const list = await cli(['tenants', 'list', '--slug', slug]);
      expect(list.output).toMatch(/^SLUG +PHASE +PLAN +EXTERNAL ID +ID\n/);
      expect(list.output).toMatch(new RegExp(`^${slug} +active +team v1 +- +tenant_`, 'm'));
      const updated = await json('tenants', 'update', slug, '--display-name', 'Acme GmbH', '--wait');
      expect(updated).toMatchObject({ displayName: 'Acme GmbH', labels: { region: 'eu', tier: 'gold' } });
      const objects = await json('tenants', 'objects', slug);
      expect(objects['items']).not.toHaveLength(0);
      const deleted = await cli(['tenants', 'delete', slug, '--retention', '0', '--wait', '60']);
      expect(deleted.code, deleted.output).toBe(0);
      const gone = (await json('tenants', 'list', '--phase', 'deleted')) as { items: { slug: string; id: string }[] };
      const { id = '' } = gone.items.find((tenant) => tenant.slug === slug) ?? {};
      expect(await json('tenants', 'certificate', id)).toHaveProperty('statement');
    });

    test('ends with a code that says why', async () => {
      const refused = await cli(['tenants', 'create', '--slug', 'UPPER', '--plan', 'team']);
      expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('/slug') as string });
      expect(await cli(['tenants', 'get', 'nobody'])).toEqual({
        code: 64,
        output: 'There is no tenant with the slug nobody.\n',
      });
      expect(await cli(['tenants', 'create'])).toMatchObject({
        code: 64,
        output: expect.stringContaining('--slug, --plan') as string,
      });
      expect((await cli(['tenants', 'crate'])).code).toBe(64);
      expect((await cli(['tenants', 'list'], { BULKHEAD_API_KEY: 'bhk_wrong' })).code).toBe(77);
      const away = await cli(['clusters', 'list'], { BULKHEAD_URL: 'http://127.0.0.1:9' });
      expect(away).toMatchObject({ code: 69, output: expect.stringContaining('cannot be reached') as string });
    });

    test('shows help for everything, never a stack trace', async () => {
      const top = await cli(['--help']);
      expect(top.code).toBe(0);
      const groups = [...top.output.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name ?? '');
      expect(groups).toContain('network-rules');
      const helps = await Promise.all(['tenants', 'plans', 'apply'].map((group) => cli([group, '--help'])));
      for (const { code, output } of [...helps, await cli([]), await cli(['installation', 'migrate', '--wrong'])]) {
        expect(output).not.toMatch(/^ {4}at /m);
        expect([0, 1, 64]).toContain(code);
      }
    });

    test('completes commands and flags for shells', async () => {
      expect((await cli(['complete', 'bash'])).output).toContain('bulkhead');
      expect((await cli(['complete', '--', 'tenants', 'cr'])).output).toContain('create');
    });

    test('prints what is not JSON as it is', async () => {
      const picture = await cli(['reachability', 'get', '--accept', 'image/svg+xml']);
      expect(picture).toMatchObject({ code: 0, output: expect.stringMatching(/^(<\?xml[^>]*>\s*)?<svg/) as string });
    });
  });

  describe('manifests', () => {
    const folder = (): string => join(inject('temporaryFolder'), 'manifests');
    const write = async (name: string, text: string): Promise<void> => {
      await mkdir(folder(), { recursive: true });
      await writeFile(join(folder(), name), text);
    };
    const manifests = (command: string, ...args: string[]): Promise<Ended> =>
      cli([command, '-f', folder(), '--owner', 'git', ...args]);

    test('diff shows what apply then does, and nothing is left to do', async () => {
      const [first, second] = [newSlug('a'), newSlug('b')];
      const tenant = (slug: string, more = ''): string =>
        `kind: Tenant\nexternalId: cus-${slug}\nslug: ${slug}\nplan: small\n${more}`;
      await write('plan.yaml', await planManifest('small', '2'));
      await write('tenants.yaml', `${tenant(first)}---\n${tenant(second)}`);
      const before = await manifests('diff');
      expect(before).toMatchObject({ code: 2 });
      expect(before.output).toBe(
        `+ plan small\n+ tenant cus-${first} (${first})\n+ tenant cus-${second} (${second})\n`,
      );
      expect(await manifests('apply')).toEqual({ code: 0, output: before.output });
      expect(await manifests('diff')).toEqual({ code: 0, output: '' });
      expect(await manifests('apply')).toEqual({ code: 0, output: '' });

      await write('plan.yaml', await planManifest('small', '3'));
      await write('tenants.yaml', tenant(first, 'displayName: First\n'));
      const changed = await manifests('diff', '--prune');
      expect(changed.output).toBe(
        [
          '~ plan small',
          '    quota.cpu: "2" -> "3"',
          `~ tenant cus-${first} (${first})`,
          `    displayName: "${first}" -> "First"`,
          `- tenant cus-${second} (${second})`,
          '',
        ].join('\n'),
      );
      expect((await manifests('apply', '--prune')).code).toBe(0);
      expect(await manifests('diff', '--prune')).toEqual({ code: 0, output: '' });
      // The deletion is only scheduled, as any other is.
      expect(await json('tenants', 'get', second)).toMatchObject({ deletionScheduledAt: expect.any(String) as string });
    });

    test('name every difference: added environments, names of plans, and what cannot be mended', async () => {
      const slug = newSlug('c');
      const tenant = (more: string): string =>
        `kind: Tenant\nexternalId: cus-${slug}\nslug: ${slug}\nplan: team\n${more}`;
      const plan = await planManifest('named', '2');
      await rm(folder(), { recursive: true, force: true });
      await write('plan.yaml', plan);
      await write('tenants.yaml', tenant('environments: [main]\n'));
      expect((await manifests('apply')).code).toBe(0);
      await write('plan.yaml', plan.replace('"displayName":"named"', '"displayName":"Named"'));
      await write('tenants.yaml', tenant('environments: [main, staging]\n'));
      const { output } = await manifests('diff');
      expect(output).toBe(
        [
          '~ plan named',
          '    displayName: "named" -> "Named"',
          `~ tenant cus-${slug} (${slug})`,
          '    environments: added staging',
          '',
        ].join('\n'),
      );
      expect(await manifests('apply')).toEqual({ code: 0, output });
      expect(await manifests('diff')).toEqual({ code: 0, output: '' });
      await write('tenants.yaml', tenant('environments: [main]\n'));
      expect(await manifests('diff')).toMatchObject({ code: 1, output: expect.stringContaining('staging') as string });
      await write('tenants.yaml', tenant(''));
      await json('tenants', 'delete', slug);
      expect(await manifests('diff')).toMatchObject({ code: 1, output: expect.stringContaining('Undelete') as string });
    });

    test('are refused if they are wrong, before anything is changed', async () => {
      await rm(folder(), { recursive: true, force: true });
      await write('a.yaml', 'kind: Tenant\nexternalId: cus_1\nslug: one\nplan: team\n');
      await write('b.yaml', 'kind: Tenant\nexternalId: cus_1\nslug: two\nplan: team\n');
      const twice = await manifests('apply');
      expect(twice).toMatchObject({ code: 64, output: expect.stringContaining('The tenant cus_1 is in') as string });
      await write('b.yaml', 'kind: Tenent\n');
      expect(await manifests('apply')).toMatchObject({ code: 64, output: expect.stringContaining('b.yaml') as string });
      await write('b.yaml', 'kind: [\n');
      expect((await manifests('apply')).code).toBe(64);
      expect((await cli(['apply', '-f', join(folder(), 'none')])).code).toBe(64);
      expect((await cli(['apply', '-f', folder(), '--prune'])).code).toBe(64);
    });

    /** A plan of the installation under another name, with another quota. */
    async function planManifest(id: string, cpu: string): Promise<string> {
      const { spec } = (await json('plans', 'get', 'team')) as { spec: { quota: object } };
      const plan = { kind: 'Plan', id, displayName: id, spec: { ...spec, quota: { ...spec.quota, cpu } } };
      return JSON.stringify(plan);
    }
  });

  describe('the client', () => {
    test('does what a billing system needs in a few lines', async () => {
      const client = createClient({ url: bulkhead.url, credential: key });
      const [customer, slug] = [newSlug('cus'), newSlug('billed')];
      const tenant = await provision(client, customer, slug, 'team');
      expect(tenant).toMatchObject({ externalId: customer, phase: 'active', plan: { id: 'team' } });
      const { id, generation } = tenant;
      expect(await provision(client, customer, slug, 'team')).toMatchObject({ id, generation });
      await suspend(client, tenant.id, '2026-117');
      await suspend(client, tenant.id, '2026-117');
      const suspended = await unwrap<Tenant>(client.GET('/v1/tenants/{id}', { params: { path: { id: tenant.id } } }));
      expect(suspended).toMatchObject({ phase: 'suspended' });
      expect(suspended.holds).toHaveLength(1);
      const error = await provision(client, newSlug('cus'), slug, 'team').catch((reason: unknown) => reason);
      expect(isRefusal(error), String(error)).toBe(true);
    });

    test('reads lists to their end, and says when an operation is not done in time', async () => {
      const client = createClient({ url: bulkhead.url, credential: key });
      const ids = new Set<string>();
      const list = items((cursor) => client.GET('/v1/operations', { params: { query: { limit: 2, ...cursor } } }));
      for await (const { id } of list) ids.add(id);
      const whole = await unwrap(client.GET('/v1/operations', { params: { query: { limit: 200 } } }));
      expect([...ids].toSorted()).toEqual(whole.items.map(({ id }) => id).toSorted());
      const outcome = await client.POST('/v1/tenants', { body: { slug: newSlug(), plan: 'team' } });
      await expect(waitForOperation(client, outcome.response, { timeoutMs: 0 })).rejects.toThrow(OperationTimeoutError);
      await waitForOperation(client, outcome.response);
    });
  });
});
