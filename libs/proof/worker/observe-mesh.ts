import { type Evidence, type IsolationCheckResult } from '#certificates';
import { type KubernetesObject, meshAnswers, type TenantInput } from '#isolation';

import { resultOf } from './findings.js';
import { type TrialRun } from './trial-run.js';

/** The kinds that decide which calls are allowed; the Namespace decides what is in the mesh. */
const decidingKinds = {
  istio: [
    ['security.istio.io/v1', 'PeerAuthentication'],
    ['security.istio.io/v1', 'AuthorizationPolicy'],
    ['gateway.networking.k8s.io/v1', 'Gateway'],
  ],
  linkerd: [
    ['policy.linkerd.io/v1beta3', 'Server'],
    ['policy.linkerd.io/v1alpha1', 'AuthorizationPolicy'],
    ['policy.linkerd.io/v1alpha1', 'MeshTLSAuthentication'],
    ['policy.linkerd.io/v1alpha1', 'NetworkAuthentication'],
  ],
} as const;

/** A made-up neighbour for a tenant that has none. */
const madeUp = { environments: [{ name: 'main', namespace: 'tn-another' }] };

/** Checks which calls the mesh allows to the tenant, by the objects in the cluster. */
export async function observeMesh(
  inquiry: TrialRun,
  tenant: TenantInput,
  neighbour: TenantInput | null,
): Promise<IsolationCheckResult[]> {
  const mesh = tenant.plan.spec.mesh.mode === 'none' ? null : (tenant.cluster.mesh ?? null);
  const live = mesh === null ? [] : await liveObjects(inquiry, tenant, mesh.kind === 'linkerd' ? 'linkerd' : 'istio');
  const answers = meshAnswers(tenant, live, neighbour ?? madeUp);
  const notApplicable = answers === null ? 'The tenant is in no mesh.' : null;
  const about = { area: 'network', condition: 'NetworkIsolated', benchmark: null } as const;
  const evidenceOf = (
    { from, to, port, found }: NonNullable<typeof answers>['planned'][number],
    expected: boolean,
  ): Evidence => ({
    as: to,
    request: `take TCP ${port.port} from ${from}, by the objects in the cluster`,
    detail: null,
    answer: found ? 'allowed' : 'denied',
    expected: expected ? 'yes' : 'no',
    control: expected,
    asExpected: found === expected,
  });
  const planned = (answers?.planned ?? []).map((answer) => evidenceOf(answer, answer.wanted));
  const inside = planned.filter(({ control }) => control).slice(0, 1);
  const crossing = (answers?.crossing ?? []).map((answer) => evidenceOf(answer, false));
  return [
    resultOf(
      { ...about, id: 'mesh-as-planned', title: 'The mesh lets through what the plan says' },
      { evidence: planned, notApplicable },
    ),
    resultOf(
      { ...about, id: 'block-mesh-calls-of-other-tenants', title: 'The mesh takes no call of another tenant' },
      { evidence: answers === null ? [] : [...inside, ...crossing], notApplicable },
    ),
  ];
}

async function liveObjects(
  inquiry: TrialRun,
  { environments }: TenantInput,
  mesh: keyof typeof decidingKinds,
): Promise<KubernetesObject[]> {
  const lists = await Promise.all(
    environments.flatMap(({ namespace }) => [
      inquiry
        .get({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name: namespace })
        .then((own) => (own === null ? [] : [own])),
      ...decidingKinds[mesh].map(([apiVersion, kind]) => inquiry.list({ apiVersion, kind, namespace })),
    ]),
  );
  return lists.flat();
}
