import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** Who writes a table: a library or an app. A library's worker half is part of it. */
const owners: Record<string, string> = {
  api_keys: 'access',
  audit_events: 'audit',
  audit_head: 'audit',
  clusters: 'clusters',
  deletion_certificates: 'engine',
  emergency_rules: 'network-rules',
  environments: 'tenancy',
  holds: 'tenancy',
  hosts: 'routing',
  idempotency_keys: 'apps/api',
  invitations: 'tenancy',
  isolation_checks: 'proof',
  links: 'links',
  network_rules: 'network-rules',
  operations: 'tenancy',
  plan_versions: 'tenancy',
  plans: 'tenancy',
  policies: 'policies',
  policy_versions: 'policies',
  policy_violations: 'policies',
  previews: 'questions',
  quarantines: 'tenancy',
  rate_limits: 'apps/api',
  roles: 'access',
  rollout_tenants: 'rollouts',
  rollouts: 'rollouts',
  route_shifts: 'routing',
  routes: 'routing',
  signing_keys: 'engine',
  suspended_workloads: 'engine',
  tenant_drift: 'engine',
  tenant_objects: 'engine',
  tenants: 'tenancy',
};

/** Others who write a table, and why. The list only shrinks: an entry that is not needed fails. */
const exceptions: Record<string, Record<string, string>> = {
  environments: { engine: 'The last pass of a deletion removes what belongs to the tenant, with its own result.' },
  operations: { engine: 'Steps and ends of operations are observed; the lease of the tenant fences them.' },
  tenants: {
    engine: 'Leases and observed state, which each statement fences with the epoch of the lease.',
  },
};

const sources = ['apps', 'libs'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => path.join(folder, file)),
);
const texts = new Map(sources.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));

/** Tables that migrations create. */
const tables = new Set(
  readdirSync(path.join(root, 'migrations')).flatMap((file) =>
    matches(readFileSync(path.join(root, 'migrations', file), 'utf8'), /CREATE (?:UNLOGGED )?TABLE (\w+)/g),
  ),
);
/** Tables by the class of their entity. */
const entities = new Map(
  [...texts.values()].flatMap((text) =>
    [...text.matchAll(/@Entity\('(\w+)'\)[^]*?export class (\w+)/g)].map(([, table = '', name = '']) => [name, table]),
  ),
);

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}

const VERBS = 'insert|update|delete|save|upsert|remove|softDelete|increment|decrement|clear';

/** The tables that a file writes: by SQL, by an entity manager, or by a repository that was injected. */
function written(text: string): Set<string> {
  const bySql = matches(text, /\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+(?:ONLY\s+)?(\w+)/g);
  const byManager = matches(text, new RegExp(`\\.(?:${VERBS})\\(\\s*([A-Z]\\w+)\\b`, 'g'));
  const repositories = [...text.matchAll(/@InjectRepository\((\w+)\) private readonly (\w+)/g)];
  const byRepository = repositories
    .filter(([, , property = '']) => new RegExp(`this\\.${property}\\s*\\.(?:${VERBS})\\(`).test(text))
    .map(([, entity = '']) => entity);
  const builders = matches(text, /\.(?:insert\(\)\s*\.into|update|from)\(\s*([A-Z]\w+)\b/g);
  const byEntity = [...byManager, ...byRepository, ...builders].map((name) => entities.get(name) ?? '');
  return new Set([...bySql, ...byEntity].filter((table) => tables.has(table)));
}

const ownerOf = (file: string): string =>
  file
    .split(path.sep)
    .slice(0, 2)
    .join('/')
    .replace(/^libs\//, '');

/** Everyone who writes a table, by table. */
const writers = new Map([...tables].map((table) => [table, new Set<string>()]));
for (const [file, text] of texts) for (const table of written(text)) writers.get(table)?.add(ownerOf(file));

test('every table has an owner', () => {
  expect(Object.keys(owners).toSorted()).toEqual([...tables].toSorted());
});

test.each([...tables])('%s is written by its owner, and by no one else without a reason', (table) => {
  const others = [...(writers.get(table) ?? [])].filter((writer) => writer !== owners[table]);
  expect(others.toSorted()).toEqual(Object.keys(exceptions[table] ?? {}).toSorted());
});

test.each([
  ['SQL', 'query(`UPDATE tenants SET x = 1`)', 'tenants'],
  ['SQL over lines', 'query(`INSERT\n  INTO holds (id)`)', 'holds'],
  ['an entity manager', 'await manager.delete(Operation, { id })', 'operations'],
  ['a repository', '@InjectRepository(Host) private readonly hosts: R<Host>) {}\n this.hosts.insert(x)', 'hosts'],
  ['a query builder', 'manager.createQueryBuilder().update(Link).set(x)', 'links'],
])('a write by %s is seen', (_, text, table) => {
  expect([...written(text)]).toEqual([table]);
});

test('reads and locks are no writes', () => {
  const text = 'query(`SELECT FROM tenants FOR UPDATE OF tenants`); manager.findOneBy(Host, {}); repository.find(Link)';
  expect([...written(text)]).toEqual([]);
});
