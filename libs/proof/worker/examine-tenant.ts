import { type Basis, type IsolationCheckResult, type IsolationReport } from '#certificates';
import { baselineOf } from '#clusters';
import { isCutOff, isolationTrials, type KubernetesObject, renderTenant, type TenantInput } from '#isolation';
import { type TrialAnswer } from '#kube';

import { type AccessQuestions, PermissionChecks } from './ask-permissions.js';
import { examplesOf, identitiesOf, identityInWords } from './identities.js';
import { type TrialRun } from './trial-run.js';
import { observeMesh } from './observe-mesh.js';
import { observeNetwork } from './observe-network.js';
import { observeObjects } from './observe-objects.js';
import { observeQuotas } from './observe-quotas.js';
import { observeStorage } from './observe-storage.js';
import { tryWrites } from './try-writes.js';

/** Identities per kind and role whose permissions are all reviewed. */
const EXAMPLES = 1;
/** Further identities that are reviewed for permissions that no tenant may have. */
const MOST_OTHERS = 100;

/** The subject of a run. */
export interface Examined {
  tenant: TenantInput;
  /** Another tenant of the cluster; null if there is none. */
  neighbour: TenantInput | null;
  /** The tenants that it has links with. */
  linked: readonly TenantInput[];
  /** Objects of the policies that target the tenant. */
  policies: readonly KubernetesObject[];
  /** The user name of the worker. */
  provisioner: string;
}

/** No trial is safe: the policy that limits the prover to dry runs is not in force. */
export class ProverUnguarded extends Error {
  override readonly name = 'ProverUnguarded';

  constructor() {
    super('The policy "bulkhead-prover" of deploy/worker-rbac.yaml is not in force, so nothing was tried.');
  }
}

/** The kinds of checks; each sends its own requests. */
const kinds = ['trials', 'permissions', 'network', 'quotas', 'storage', 'objects'] as const;
type CheckKind = (typeof kinds)[number];

/** How the checks of each kind are made. */
const bases: Record<CheckKind, Basis> = {
  trials: 'tried',
  permissions: 'asked',
  network: 'judged',
  quotas: 'judged',
  storage: 'judged',
  objects: 'judged',
};

/**
 * Runs the isolation checks of a tenant. No request stores anything.
 * @param wanted by default all kinds
 * @throws ProverUnguarded, MissingTrialRights; KubeError, KubeUnreachable
 */
export async function examineTenant(
  inquiry: TrialRun,
  { tenant, neighbour, linked, policies, provisioner }: Examined,
  wanted: readonly CheckKind[] = kinds,
): Promise<Pick<IsolationReport, 'identities' | 'notAsked' | 'checks'>> {
  await assertGuarded(inquiry);
  const { cluster } = tenant;
  const rendered = renderTenant(tenant);
  // Includes identities that have no access only because of a suspension.
  const identities = identitiesOf(renderTenant({ ...tenant, restriction: undefined }));
  const examples = examplesOf(identities, EXAMPLES);
  const others = identities.filter((identity) => !examples.includes(identity));
  const examinations: Record<CheckKind, () => Promise<IsolationCheckResult[]>> = {
    trials: () => tryWrites(inquiry, isolationTrials(tenant, rendered)),
    permissions: async () => {
      const questions: AccessQuestions = {
        identities: examples,
        others: others.slice(0, MOST_OTHERS),
        cutOff: isCutOff(tenant),
        served: await inquiry.served(),
        neighbour: neighbour === null ? null : placeOf(neighbour),
      };
      return new PermissionChecks(inquiry, questions).run();
    },
    network: async () => [
      ...(await observeNetwork(inquiry, tenant, distinct([...(neighbour === null ? [] : [neighbour]), ...linked]))),
      ...(await observeMesh(inquiry, tenant, neighbour)),
    ],
    quotas: () => observeQuotas(inquiry, tenant, rendered),
    storage: async () => [await observeStorage(inquiry, tenant)],
    objects: () => observeObjects(inquiry, rendered, policies, { baseline: baselineOf(provisioner, cluster), cluster }),
  };
  const checks: IsolationCheckResult[] = [];
  for (const kind of wanted) {
    checks.push(...(await examinations[kind]()).map((check) => ({ ...check, basis: bases[kind] })));
  }
  return {
    identities: examples.map(({ kind, name, role }) => ({ kind, name, role })),
    notAsked: others.slice(MOST_OTHERS).map((identity) => `the permissions of ${identityInWords(identity)}`),
    checks,
  };
}

/** Tries a write outside of tenants' namespaces, which the prover's own policy must refuse. @throws ProverUnguarded */
async function assertGuarded(inquiry: TrialRun): Promise<void> {
  const answer: TrialAnswer = await inquiry.try({
    verb: 'create',
    apiVersion: 'v1',
    resource: 'configmaps',
    kind: 'ConfigMap',
    namespace: 'default',
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bulkhead-proof', namespace: 'default' } },
  });
  if (answer.outcome !== 'refused' || !answer.message.includes('bulkhead-prover')) throw new ProverUnguarded();
}

function placeOf(neighbour: TenantInput): NonNullable<AccessQuestions['neighbour']> {
  const identities = identitiesOf(renderTenant({ ...neighbour, restriction: undefined }));
  return {
    namespaces: neighbour.environments.slice(0, 1).map(({ namespace }) => namespace),
    identities: examplesOf(identities, EXAMPLES),
  };
}

function distinct(tenants: readonly TenantInput[]): TenantInput[] {
  return [...new Map(tenants.map((tenant) => [tenant.id, tenant])).values()];
}
