import { setTimeout as pause } from 'node:timers/promises';

import {
  DEFAULT_PROVISIONER,
  isolationTrials,
  type KubernetesObject,
  renderAdmissionPolicies,
  renderCanaryPolicies,
  renderClusterRoles,
  renderGuardrail,
  renderTenant,
  type TenantInput,
  type TrialCheck,
} from '#isolation';
import { KubeClient, loadCredentials, TrialClient } from '#kube';
import { examineTenant, TrialRun, tryWrites } from '#proof/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { serveClusterNetworkPolicies } from '../support/cluster-network-policies.js';
import { type Cluster } from '../support/cluster.js';
import { eventually } from '../support/eventually.js';
import { installMeshCrds } from '../support/mesh-crds.js';
import { type OwnCluster, startOwnCluster } from '../support/own-cluster.js';
import { RecordedRun, RunWithLess } from './permission-runs.js';
import { provisioned } from './tenant-of-every-sort.js';

/** Checks that compare objects with what is rendered would find everything: they do not count here. */
const comparisons = new Set(['objects-as-rendered', 'walls-as-rendered', 'policies-as-written']);

let own: OwnCluster;
let cluster: Cluster;
let kube: KubeClient;
let trials: TrialClient;
let tenant: TenantInput;

// A control plane of its own: what all tenants of a cluster share is taken away.
beforeAll(async () => {
  own = await startOwnCluster();
  cluster = own.cluster;
  await installMeshCrds(own.plane, 'istio', 'gateway-api');
  await serveClusterNetworkPolicies(cluster);
  kube = new KubeClient(loadCredentials(own.workerKubeconfig));
  trials = new TrialClient(loadCredentials(own.workerKubeconfig));
  tenant = await provisioned(own.workerKubeconfig);
});
afterAll(async () => {
  await trials.close();
  await kube.close();
  await own.stop();
});

type Sorts = Parameters<typeof examineTenant>[2];

/** The checks that fail now, but for those that compare objects with what is rendered. */
async function failing(wanted?: Sorts, run = new TrialRun(trials, kube)): Promise<string[]> {
  const examined = { tenant, neighbour: null, linked: [], policies: [], provisioner: DEFAULT_PROVISIONER };
  const { checks } = await examineTenant(run, examined, wanted);
  return checks.filter(({ id, status }) => status === 'fail' && !comparisons.has(id)).map(({ id }) => id);
}

/** What the undisturbed tenant's checks saw: the rights that were granted, and what each trial was answered. */
interface Undisturbed {
  granted: ReadonlySet<string>;
  trials: readonly { check: TrialCheck; answers: string }[];
}

let undisturbed: Promise<Undisturbed> | undefined;

async function examineUndisturbed(): Promise<Undisturbed> {
  const run = new RecordedRun(trials, kube);
  expect(await failing(['permissions'], run)).toEqual([]);
  const all = isolationTrials(tenant, renderTenant(tenant));
  // The answers are those of one run: a question of several checks is sent once.
  const results = await tryWrites(run, all);
  return {
    granted: run.granted,
    trials: all.map((check, index) => ({
      check,
      answers: (results[index]?.evidence ?? []).map(({ answer }) => answer).join('\n'),
    })),
  };
}

/** Trials that are made together while one that fails is looked for. */
const TRIALS_TOGETHER = 10;

/**
 * The first checks found that fail now. Trials are many: those that were refused by what is gone are made first, and no
 * more are made once some fail.
 * @param traces texts by which a refusal tells what refused it
 */
async function firstFailing(traces: readonly string[], wanted: Sorts): Promise<string[]> {
  const { granted, trials: known } = await (undisturbed ??= examineUndisturbed());
  if (wanted?.includes('permissions') === true) return failing(wanted, new RunWithLess(trials, kube, granted));
  if (wanted?.includes('trials') !== true) return failing(wanted);
  const isSuspect = ({ answers }: Undisturbed['trials'][number]): boolean =>
    traces.some((trace) => answers.includes(trace));
  const all = [...known.filter(isSuspect), ...known.filter((each) => !isSuspect(each))].map(({ check }) => check);
  const run = new TrialRun(trials, kube);
  for (let start = 0; start < all.length; start += TRIALS_TOGETHER) {
    const checks = await tryWrites(run, all.slice(start, start + TRIALS_TOGETHER));
    const failed = checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
    if (failed.length > 0) return failed;
  }
  return [];
}

/** Which of some checks still fail: of trials, only those are made again. */
async function stillFailing(ids: readonly string[], wanted: Sorts): Promise<string[]> {
  if (wanted?.includes('trials') !== true) return failing(wanted);
  const tried = isolationTrials(tenant, renderTenant(tenant)).filter(({ id }) => ids.includes(id));
  const checks = await tryWrites(new TrialRun(trials, kube), tried);
  return checks.filter(({ status }) => status === 'fail').map(({ id }) => id);
}

const mergePatch = [undefined, undefined, undefined, undefined, 'application/merge-patch+json'] as const;
/** The API server takes a moment to take up or forget a policy. */
const UPTAKE_MS = 1_100;

/**
 * What scopes, measures and routes lets nobody in and keeps nobody out, and without what only opens more stays closed: that
 * it is gone, a comparison tells.
 */
const unjudged = ['Sidecar', 'Telemetry', 'ListenerSet', 'EnvoyFilter'];

const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.name}`;

async function putBack({ metadata, ...live }: Awaited<ReturnType<Cluster['objects']['read']>>): Promise<void> {
  const { name, namespace, labels, annotations } = metadata ?? {};
  // The cluster makes the ServiceAccount "default" anew by itself.
  const options = [undefined, undefined, 'test', true, 'application/apply-patch+yaml'] as const;
  const kept = { name, namespace, labels, annotations };
  await cluster.objects.patch({ ...live, metadata: kept } as never, ...options);
}

/** Takes an object away, looks what that turns red, and puts the object back. */
async function without(object: KubernetesObject, wanted: Sorts): Promise<string[]> {
  const { apiVersion, kind, metadata } = object;
  const target = { apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace } };
  const live = await cluster.objects.read(target as never);
  await cluster.objects.delete(target as never);
  let found: string[] = [];
  try {
    if (apiVersion.startsWith('admissionregistration')) await pause(UPTAKE_MS);
    await eventually(`something turns red without ${nameOf(object)}`, async () => {
      found = await firstFailing([`'${object.metadata.name}'`], wanted);
      return found.length > 0;
    });
    return found;
  } finally {
    await putBack(live);
    // Roles and bindings are taken up at once; that all are back is looked at in the end.
    if (wanted?.includes('permissions') === true) await pause(200);
    else await eventually('all is as before', async () => (await stillFailing(found, wanted)).length === 0);
  }
}

test('nothing is wrong with a tenant as it was made', async () => {
  expect(await failing()).toEqual([]);
});

const ofTenant = (...kinds: string[]): KubernetesObject[] =>
  renderTenant(tenant).filter(({ kind }) => kinds.includes(kind));

/**
 * What is taken away in turn, and the sorts of checks that must notice: a protected object that is gone would be missed
 * by the trials in any case. A namespace takes everything in it along, so it is the last.
 */
const sorts: readonly [string, () => readonly KubernetesObject[], Sorts][] = [
  ['network policies', () => [...ofTenant('NetworkPolicy'), ...renderGuardrail(tenant.cluster)], ['network']],
  ['objects of the mesh', () => ofTenant('PeerAuthentication', 'AuthorizationPolicy'), ['network']],
  ['quotas', () => ofTenant('ResourceQuota'), ['quotas']],
  ['limits and accounts', () => ofTenant('LimitRange', 'ServiceAccount'), ['trials']],
  ['role bindings', () => ofTenant('RoleBinding'), ['permissions']],
  ['roles of tenants', renderClusterRoles, ['permissions']],
  [
    'admission policies',
    () =>
      renderAdmissionPolicies({
        provisioner: DEFAULT_PROVISIONER,
        mutates: true,
        mesh: tenant.cluster.mesh ?? null,
        apiAudiences: tenant.cluster.apiAudiences ?? [],
      }),
    ['trials'],
  ],
  ['canaries', () => renderCanaryPolicies('any', true), ['objects']],
];

test('nothing that is rendered is left out', () => {
  const covered = new Set([...sorts.flatMap(([, objects]) => objects()), ...ofTenant(...unjudged)].map(nameOf));
  expect(
    renderTenant(tenant)
      .map(nameOf)
      .filter((name) => !covered.has(name)),
  ).toEqual([`Namespace ${tenant.environments[0]?.namespace ?? ''}`]);
});

test.for(sorts)('without any one of the %s a check turns red', { timeout: 300_000 }, async ([, objects, wanted]) => {
  const seen: Record<string, string[]> = {};
  for (const object of objects()) seen[nameOf(object)] = await without(object, wanted);
  expect(await failing(wanted)).toEqual([]);
  expect(Object.keys(seen).length).toBeGreaterThan(1);
  expect(Object.entries(seen).filter(([, found]) => found.length === 0)).toEqual([]);
});

/** A policy whose validations belong to parts of the baseline. */
interface JoinedPolicy {
  metadata: { name: string };
  spec: { validations: { expression: string; message: string }[]; variables: { name: string }[] };
}

/**
 * Parts of the policy about objects that no trial can show: nobody works in a pod in a run, the prover only tries, and
 * this tenant is not cut off.
 */
const untriedParts = new Set(['isMeshProxies', 'isProver', 'isCutOff']);

test('without any one part of the policy about objects a check turns red', { timeout: 300_000 }, async () => {
  const joined = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'bulkhead-tenant-objects' },
  };
  const { spec } = (await cluster.objects.read(joined)) as unknown as JoinedPolicy;
  const parts = spec.variables.map(({ name }) => name).filter((name) => /^is[A-Z]/.test(name));
  const ofPart = (part: string, { expression }: { expression: string }): boolean =>
    new RegExp(`^!variables\\.${part}\\b`).test(expression);
  expect(spec.validations.filter((each) => !parts.some((part) => ofPart(part, each)))).toEqual([]);
  const validate = (validations: object[]): Promise<unknown> =>
    cluster.objects.patch({ ...joined, spec: { validations } } as never, ...mergePatch);
  const unnoticed: string[] = [];
  for (const part of parts.filter((name) => !untriedParts.has(name))) {
    await validate(spec.validations.filter((each) => !ofPart(part, each)));
    const messages = spec.validations.filter((each) => ofPart(part, each)).map(({ message }) => message);
    await pause(UPTAKE_MS);
    let found: string[] = [];
    await eventually(`something turns red without ${part}`, async () => {
      found = await firstFailing(messages, ['trials']);
      return found.length > 0;
    }).catch(() => unnoticed.push(part));
    await validate(spec.validations);
    await eventually('all is as before', async () => (await stillFailing(found, ['trials'])).length === 0);
  }
  expect(parts.length).toBeGreaterThan(untriedParts.size + 10);
  expect(unnoticed).toEqual([]);
});

test('without any one rule of the policy for every pod, or with one more, a check turns red', async () => {
  const key = { namespace: tenant.environments[0]?.namespace ?? '', name: 'tenant-allow' };
  const { spec } = await cluster.networking.readNamespacedNetworkPolicy(key);
  const { ingress = [], egress = [] } = spec ?? {};
  const without = <T>(rules: T[]): T[][] => rules.map((_, index) => rules.toSpliced(index, 1));
  const changes = [
    ...without(ingress).map((rules) => ({ ingress: rules, egress })),
    ...without(egress).map((rules) => ({ ingress, egress: rules })),
    { ingress: [...ingress, { _from: [{ namespaceSelector: {} }] }], egress },
    { ingress, egress: [...egress, { to: [{ ipBlock: { cidr: '169.254.169.254/32' } }] }] },
  ];
  expect(changes).toHaveLength(7);
  const found: string[][] = [];
  const put = async (rules: object): Promise<void> => {
    const body = await cluster.networking.readNamespacedNetworkPolicy(key);
    Object.assign(body.spec ?? {}, rules);
    await cluster.networking.replaceNamespacedNetworkPolicy({ ...key, body });
  };
  for (const rules of changes) {
    await put(rules);
    found.push(await failing(['network']));
  }
  await put({ ingress, egress });
  expect(await failing(['network'])).toEqual([]);
  expect(found.filter((checks) => checks.length === 0)).toEqual([]);
});

test('what nobody is judged by is missed by comparison', async () => {
  const examined = { tenant, neighbour: null, linked: [], policies: [], provisioner: DEFAULT_PROVISIONER };
  const objects = ofTenant(...unjudged);
  expect(objects.length).toBeGreaterThan(1);
  for (const { apiVersion, kind, metadata } of objects) {
    const target = { apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace } };
    const live = await cluster.objects.read(target as never);
    await cluster.objects.delete(target as never);
    const { checks } = await examineTenant(new TrialRun(trials, kube), examined, ['objects']);
    await putBack(live);
    expect(checks.filter(({ status }) => status === 'fail').map(({ id }) => id)).toEqual(['objects-as-rendered']);
  }
});

test('without its namespace checks of every sort turn red', async () => {
  const name = tenant.environments[0]?.namespace ?? '';
  await cluster.core.deleteNamespace({ name });
  await eventually('the namespace is gone', async () => !(await cluster.namespacesOf(tenant.id)).includes(name));
  const found = await failing();
  expect(found).toEqual(expect.arrayContaining(['isolate-every-pod', 'protect-namespaces', 'quotas-as-sold']));
});
