import { type Evidence, type IsolationCheckResult } from '#certificates';
import {
  GUARDRAIL_NAME,
  guardrailAnswers,
  type KubernetesObject,
  type NetworkAnswer,
  networkAnswers,
  type TenantInput,
} from '#isolation';
import { type LiveObject } from '#kube';

import { type Findings, resultOf } from './findings.js';
import { type TrialRun } from './trial-run.js';

/** Checks what reaches the tenant and what it reaches, by the objects in the cluster. */
export async function observeNetwork(
  inquiry: TrialRun,
  tenant: TenantInput,
  others: readonly TenantInput[],
): Promise<IsolationCheckResult[]> {
  const live = await Promise.all(
    tenant.environments.map(async ({ namespace }) => {
      const own = await inquiry.get({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name: namespace });
      const policies = await inquiry.list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace });
      return [...(own === null ? [] : [own]), ...policies];
    }),
  );
  const standing = live.flat();
  const { planned, crossing } = networkAnswers(tenant, standing, others);
  const about = { area: 'network', condition: 'NetworkIsolated' } as const;
  const inside = planned
    .filter(({ wanted }) => wanted)
    .slice(0, 1)
    .map((answer) => evidenceOf(answer, true));
  return [
    enforcement(tenant),
    resultOf(
      {
        ...about,
        id: 'isolate-every-pod',
        benchmark: null,
        title: 'Every pod is isolated, also from what nothing names',
      },
      { evidence: tenant.environments.flatMap(({ namespace }) => isolating(namespace, live.flat())) },
    ),
    resultOf(
      { ...about, id: 'network-as-planned', benchmark: null, title: 'What reaches what is as the plan says' },
      { evidence: planned.map((answer) => evidenceOf(answer, answer.wanted)) },
    ),
    resultOf(
      {
        ...about,
        id: 'block-traffic-of-other-tenants',
        benchmark: 'MTB pending #1201',
        title: 'Nothing passes between the tenant and another but by links',
      },
      { evidence: [...inside, ...crossing.map((answer) => evidenceOf(answer, answer.link !== null))] },
    ),
    resultOf(
      {
        ...about,
        id: 'withstand-open-policies',
        benchmark: null,
        title: 'No policy in the tenant’s namespaces opens metadata services',
      },
      await guardrail(inquiry, tenant, standing),
    ),
  ];
}

/**
 * Whether anything carries NetworkPolicies out. The API stores them in any cluster, so the other checks of the network are
 * about objects: without this one they would say more than they know.
 */
function enforcement({ cluster: { networkPolicyEngine: engine } }: TenantInput): IsolationCheckResult {
  const isPresent = engine?.state === 'present';
  const evidence: Evidence = {
    as: 'the worker',
    request: 'look in the cluster for an engine that enforces NetworkPolicies',
    detail: null,
    answer: engine === undefined ? 'not looked for' : `${engine.name ?? engine.state}: ${engine.detail}`,
    expected: 'yes',
    control: false,
    asExpected: true,
  };
  return {
    id: 'network-policies-are-enforced',
    benchmark: null,
    title: 'The cluster has an engine that enforces NetworkPolicies',
    area: 'network',
    condition: 'NetworkIsolated',
    asked: 1,
    status: isPresent ? 'pass' : 'not-applicable',
    reason: isPresent
      ? `${engine.name ?? 'An engine'} was found. No packet was sent to measure it.`
      : `Nothing was found to enforce NetworkPolicies, so the other network checks are about objects alone. ${engine?.detail ?? ''}`.trim(),
    evidence: [evidence],
  };
}

async function guardrail(
  inquiry: TrialRun,
  tenant: TenantInput,
  standing: readonly KubernetesObject[],
): Promise<Findings> {
  if (tenant.cluster.knowsClusterNetworkPolicy !== true) {
    return { evidence: [], notApplicable: 'The cluster has no ClusterNetworkPolicy; admission alone holds this.' };
  }
  const key = { apiVersion: 'policy.networking.k8s.io/v1alpha2', kind: 'ClusterNetworkPolicy', namespace: '' };
  const live = await inquiry.get({ ...key, name: GUARDRAIL_NAME });
  const objects = live === null ? standing : [...standing, live];
  return { evidence: guardrailAnswers(tenant, objects).map((answer) => evidenceOf(answer, answer.wanted)) };
}

/**
 * Checks that one policy of a namespace isolates all pods in both directions and opens nothing (CIS Kubernetes Benchmark
 * 5.3.2), so that removing any other policy does not open everything.
 */
function isolating(namespace: string, live: readonly LiveObject[]): Evidence[] {
  const policies = live.filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === namespace);
  const found = policies.filter((policy) => isDefaultDeny((policy as unknown as { spec: PolicySpec }).spec));
  const names = found.map(({ metadata }) => metadata.name).join(', ');
  return [
    {
      as: 'the worker',
      request: `look in ${namespace} for a policy that isolates all pods and opens nothing`,
      detail: null,
      answer: names === '' ? 'There is none.' : names,
      expected: 'yes',
      control: false,
      asExpected: found.length > 0,
    },
    ...policies
      .filter((policy) => !found.includes(policy))
      .map(({ metadata }): Evidence => {
        const request = `check that ${metadata.name} in ${namespace} opens nothing`;
        const answer = { answer: 'It opens a path, or does not select all pods.', expected: 'no' as const };
        return { as: 'the worker', request, detail: null, ...answer, control: true, asExpected: true };
      }),
  ];
}

interface PolicySpec {
  podSelector?: object;
  policyTypes?: string[];
  ingress?: unknown[];
  egress?: unknown[];
}

function isDefaultDeny({ podSelector = {}, policyTypes = [], ingress = [], egress = [] }: PolicySpec): boolean {
  const isAll = Object.keys(podSelector).length === 0;
  return isAll && policyTypes.length === 2 && ingress.length === 0 && egress.length === 0;
}

function evidenceOf({ direction, from, to, port, wanted, found, link }: NetworkAnswer, control: boolean): Evidence {
  return {
    as: direction === 'outbound' ? from : to,
    request: `${direction} ${port.protocol} ${port.port} from ${from} to ${to}, by the objects in the cluster`,
    detail: link === null ? null : { link },
    answer: found ? 'allowed' : 'denied',
    expected: wanted ? 'yes' : 'no',
    control,
    asExpected: wanted === found,
  };
}
