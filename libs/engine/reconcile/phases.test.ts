import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { type ClusterFacts, type KubernetesObject, renderTenant } from '#isolation';
import { type CachedObject, hashOf, KubeError, keyOf, type KubeClient, nameOf } from '#kube';
import { planSpecSchema } from '#plans';
import { expect, test } from 'vitest';

import { type TenantRemoval } from '../deletion/remove-tenant.js';
import { type InventoryEntry, type LeasedTenant } from '../lease/leased-tenant.js';
import { type Findings } from '../pass/findings.js';
import { type PassContext } from '../pass/pass.js';
import { runPhases } from '../pass/phases.js';
import { StepLog } from '../pass/steps.js';
import { ensureStart } from './ensure-tenant.js';
import { ensurePhases, removalPhases } from './phases.js';

const cluster: ClusterFacts = {
  minorVersion: '1.36',
  dnsServiceIps: ['10.0.0.10'],
  podCidrs: [],
  serviceCidrs: [],
  nodeCidrs: ['10.9.0.0/16'],
  gateway: { namespace: 'platform', podLabels: { app: 'gateway' } },
  monitoring: null,
  apiServerEndpoints: { ips: ['10.1.0.1'], port: 6443 },
};
const id = 'tenant_01h455vb4pex5vsknk084sn02q';
const link = {
  id: 'link_01h455vb4pex5vsknk084sn02q',
  provider: { tenantId: id, namespace: 'tn-a', service: 'db', podLabels: { app: 'db' } },
  consumer: { tenantId: 'tenant_other', namespace: 'tn-b', serviceAccount: 'default' },
  ports: [{ port: 80, targetPort: 80 }],
  revision: 1,
  standsAt: { provider: false, consumer: false },
};
const desired = {
  id,
  slug: 'a',
  displayName: 'A',
  generation: 2,
  clusterId: 'c',
  labels: {},
  hosts: [],
  routes: [],
  plan: { id: 'p', version: 1, spec: planSpecSchema.parse({ quota: { cpu: '1', memory: '1Gi' } }) },
  members: [{ kind: 'User' as const, name: 'alice', role: 'tenant-admin' as const }],
  environments: [{ name: 'main', namespace: 'tn-a' }],
  links: [link],
  restriction: { suspended: false, quarantined: false },
};
const rendered = renderTenant({ ...desired, cluster });
const ofKind = (kind: string): KubernetesObject => {
  const object = rendered.find((each) => each.kind === kind);
  if (object === undefined) throw new Error(`no ${kind} is rendered`);
  return object;
};
const entry = (object: KubernetesObject): InventoryEntry => ({
  ...keyOf(object),
  uid: 'u1',
  renderedHash: hashOf(object),
  fingerprint: 'as applied',
});

const namespace = ofKind('Namespace');
/** It is in the inventory and gone. */
const drifted = ofKind('LimitRange');
/** It is in the inventory and no longer rendered. */
const outdated = { ...ofKind('LimitRange'), metadata: { namespace: 'tn-a', name: 'outdated' } };

/** A pass over a tenant with a namespace that others have touched, an object that drifted, and an outdated one. */
function newPass(refused?: string): PassContext {
  const tenant = {
    ...desired,
    observedGeneration: 2,
    suspendedWorkloads: [],
    isolationFindings: null,
    inventory: [namespace, drifted, outdated].map(entry),
  } as unknown as LeasedTenant;
  const cached = (object: KubernetesObject): [string, CachedObject] => [
    nameOf(object),
    { ...keyOf(object), uid: 'u1', fingerprint: 'touched', group: id, ending: false },
  ];
  const asLive = (object: KubernetesObject): object => {
    return { ...object, metadata: { ...object.metadata, uid: 'u1', resourceVersion: '1' } };
  };
  const write = (object: KubernetesObject): Promise<object> =>
    object.kind === refused ? Promise.reject(new KubeError(422, { message: 'no' })) : Promise.resolve(asLive(object));
  const kube = {
    get: ({ kind }: { kind: string }) => Promise.resolve(kind === 'Namespace' ? asLive(namespace) : null),
    list: () => Promise.resolve([]),
    create: write,
    apply: write,
    delete: () => Promise.resolve(),
  };
  return {
    tenant,
    kube: kube as unknown as KubeClient,
    cache: { complete: true, ofGroup: () => new Map([namespace, outdated].map(cached)), isServed: () => true },
    keeper: { assertHeld: () => undefined },
    memory: {},
    steps: new StepLog([]),
  } as unknown as PassContext;
}

/** The kinds of findings that are not empty. */
function kindsOf({ applied, removed, drift, links }: Findings): string[] {
  const isHarmless = ({ kind }: InventoryEntry): boolean => kind === 'Namespace';
  const found = {
    drift: drift !== null,
    applied: applied.some((each) => !isHarmless(each)),
    links: links.length > 0,
    harmless: applied.some(isHarmless),
    removed: removed.length > 0,
  };
  return Object.entries(found).flatMap(([kind, isFound]) => (isFound ? [kind] : []));
}

test.for([
  ['render the object set', []],
  ['observe existing objects', []],
  ['examine objects in doubt', []],
  ['separate drift from pending work', []],
  ['find objects to delete', ['drift']],
  ['prune what opens', ['drift']],
  ['withdraw access of a tenant that is cut off', ['drift']],
  ['apply in waves', ['drift']],
  ['suspend or resume workloads', ['drift', 'applied', 'links']],
  ['collect caveats', ['drift', 'applied', 'links']],
  ['prune the rest', ['drift', 'applied', 'links']],
  ['refuse kinds that the cluster lacks', ['drift', 'applied', 'links', 'harmless', 'removed']],
  ['ensure workloads', ['drift', 'applied', 'links', 'harmless', 'removed']],
] as const)('a pass that ends when it should %s leaves what it found before', async ([phase, kinds]) => {
  const error = new Error('the test demands it');
  const phases = ensurePhases.map((each) =>
    each.name === phase ? { name: phase, run: () => Promise.reject(error) } : each,
  );
  const { findings, failure } = await runPhases(phases, newPass(), ensureStart(cluster));
  expect(failure).toEqual({ phase, error });
  expect(kindsOf(findings)).toEqual(kinds);
});

test('a pass that completes leaves everything', async () => {
  const { findings, failure } = await runPhases(ensurePhases, newPass(), ensureStart(cluster));
  expect(failure).toBeNull();
  expect(kindsOf(findings)).toEqual(['drift', 'applied', 'links', 'harmless', 'removed']);
  expect(findings.applied.map((each) => each.name)).toHaveLength(rendered.length);
  expect(findings.removed.map((each) => each.name)).toEqual(['outdated']);
  expect(findings.caveats).toHaveProperty('MeshReady');
});

test('a pass that fails in the middle of a wave leaves what was written by then', async () => {
  const { findings, failure } = await runPhases(ensurePhases, newPass('ServiceAccount'), ensureStart(cluster));
  expect(failure).toMatchObject({ phase: 'apply in waves', error: { kind: 'ServiceAccount' } });
  expect(kindsOf(findings)).toEqual(['drift', 'applied']);
  const applied = new Set(findings.applied.map(({ kind }) => kind));
  expect(applied).toContain('NetworkPolicy');
  expect(applied).not.toContain('ServiceAccount');
  expect(applied).not.toContain('RoleBinding');
  expect(findings.written).toHaveLength(findings.applied.length);
});

test('every reason for which the engine ends a pass is listed with a phase, and documented', () => {
  const root = path.join(import.meta.dirname, '..');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!\.test)\.ts$/.test(file),
  );
  const thrown = files
    .map((file) => readFileSync(path.join(root, file), 'utf8'))
    .filter((text) => /new Pass(Waiting|Failed)\(/.test(text))
    .flatMap((text) => [...text.matchAll(/\breason: '(\w+)'/g)].map(([, reason]) => reason));
  const listed = [...ensurePhases, ...removalPhases({} as TenantRemoval)].flatMap(({ mayEnd = [] }) => mayEnd);
  expect(new Set(thrown)).toEqual(new Set(listed));
  const runbook = readFileSync(path.join(root, '../../docs/runbooks/conditions.md'), 'utf8');
  for (const reason of listed) expect(runbook).toContain(reason);
});
