import { type Evidence, type IsolationCheckResult } from '#certificates';
import { type CheckTitle, type KubernetesObject, type TenantInput } from '#isolation';
import { type LiveObject } from '#kube';
import { compareQuantities } from '#plans';

import { resultOf } from './findings.js';
import { type TrialRun } from './trial-run.js';

type Hard = Record<string, string>;
interface Quota {
  spec: { hard?: Hard; scopeSelector?: unknown; scopes?: unknown };
  status?: { hard?: Hard };
}

/** MTB-PL1-CC-FNS-1: resources that a quota must bound. */
const compute = ['cpu', 'memory', 'ephemeral-storage'];
/** MTB-PL1-CC-FNS-2: kinds whose objects a quota must count. */
const counted = [
  'count/pods',
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];

/**
 * Checks that the cluster counts the tenant's usage and limits it to the plan. Each quota is compared with its rendered
 * share, so together the environments have what the plan sells.
 */
export async function observeQuotas(
  inquiry: TrialRun,
  tenant: TenantInput,
  rendered: readonly KubernetesObject[],
): Promise<IsolationCheckResult[]> {
  const standing = new Map<string, LiveObject[]>();
  for (const { namespace } of tenant.environments) {
    standing.set(namespace, await inquiry.list({ apiVersion: 'v1', kind: 'ResourceQuota', namespace }));
  }
  const names = (keys: readonly string[]): Evidence[] =>
    [...standing].flatMap(([namespace, quotas]) => {
      const found = new Set(quotas.flatMap((quota) => Object.keys(hardOf(quota))));
      return [
        ...countedIn(namespace, quotas),
        ...keys.map((key) => {
          const isBound = [...found].some((each) => each === key || each.includes(key));
          return evidenceOf(`look in ${namespace} for a quota of ${key}`, isBound ? 'bound' : 'unbounded', isBound);
        }),
      ];
    });
  const shares = rendered
    .filter(({ kind }) => kind === 'ResourceQuota')
    .flatMap((wanted) => compareShare(wanted, standing.get(wanted.metadata.namespace ?? '') ?? []));
  const all = [...standing].flatMap(([namespace, quotas]) => countedIn(namespace, quotas));
  return [
    resultOf(titleOf('configure-quotas', 'MTB-PL1-CC-FNS-1', 'Quotas bound CPU, memory and disk'), {
      evidence: names(compute),
    }),
    resultOf(titleOf('configure-object-limits', 'MTB-PL1-CC-FNS-2', 'Quotas count the objects of the tenant'), {
      evidence: names(counted),
    }),
    resultOf(titleOf('quotas-as-sold', null, 'Quotas add up to the plan and no more'), {
      evidence: [...all, ...shares],
    }),
  ];
}

/** The control: the cluster reports a usage, because a quota that is not counted limits nothing. */
function countedIn(namespace: string, quotas: readonly LiveObject[]): Evidence[] {
  return quotas.slice(0, 1).map((quota) => {
    const isCounted = (quota as unknown as Quota).status?.hard !== undefined;
    const request = `check in ${namespace} that ${quota.metadata.name} is counted`;
    return { ...evidenceOf(request, isCounted ? 'counted' : 'not counted', isCounted), control: true };
  });
}

function compareShare(wanted: KubernetesObject, standing: readonly LiveObject[]): Evidence[] {
  const { name, namespace } = wanted.metadata;
  const live = standing.find(({ metadata }) => metadata.name === name);
  const { spec } = wanted as unknown as Quota;
  const about = `look at ${name} in ${String(namespace)}`;
  if (live === undefined) return [evidenceOf(about, 'It does not exist.', false)];
  const found = (live as unknown as Quota).spec;
  const sameScope = JSON.stringify(found.scopeSelector) === JSON.stringify(spec.scopeSelector);
  return [
    evidenceOf(`${about} for its scope`, sameScope ? 'as sold' : 'another scope', sameScope),
    ...Object.entries(spec.hard ?? {}).map(([key, most]) => {
      const hard = found.hard?.[key];
      const isHeld = hard !== undefined && compareQuantities(hard, most) <= 0;
      return evidenceOf(`${about} for ${key}, at most ${most}`, hard ?? 'unbounded', isHeld);
    }),
  ];
}

function hardOf(quota: LiveObject): Hard {
  return (quota as unknown as Quota).spec.hard ?? {};
}

function evidenceOf(request: string, answer: string, asExpected: boolean): Evidence {
  return { as: 'the worker', request, detail: null, answer, expected: 'yes', control: false, asExpected };
}

function titleOf(id: string, benchmark: string | null, title: string): CheckTitle {
  return { id, benchmark, title, area: 'quota', condition: 'PoliciesEnforced' };
}
