import { type Evidence, type IsolationCheckResult } from '#certificates';
import { baselineInForce } from '#clusters';
import { compare } from '#compare';
import {
  type CheckTitle,
  type ClusterFacts,
  type KubernetesObject,
  renderAdmissionPolicies,
  renderClusterRoles,
  renderGuardrail,
  type AdmissionBaseline,
} from '#isolation';
import { isWorkloadKind, keyOf, objectName } from '#kube';
import pMap from 'p-map';

import { resultOf } from './findings.js';
import { type TrialRun } from './trial-run.js';

const IN_FLIGHT = 8;

/**
 * Checks that the objects Bulkhead applied are unchanged. The other checks test their effect; this one names the object
 * that differs.
 * @param policies objects of the policies that target the tenant
 */
export async function observeObjects(
  inquiry: TrialRun,
  rendered: readonly KubernetesObject[],
  policies: readonly KubernetesObject[],
  { baseline, cluster }: { baseline: AdmissionBaseline; cluster: ClusterFacts },
): Promise<IsolationCheckResult[]> {
  const own = rendered.filter(({ kind }) => !isWorkloadKind(kind));
  const shared = [...renderAdmissionPolicies(baseline), ...renderGuardrail(cluster), ...renderClusterRoles()];
  const look = (objects: readonly KubernetesObject[]): Promise<Evidence[]> =>
    pMap(objects, (object) => compareWith(inquiry, object), { concurrency: IN_FLIGHT });
  const none = policies.length === 0 ? 'No policy targets the tenant.' : null;
  return [
    resultOf(titleOf('objects-as-rendered', 'The tenant’s objects stand as rendered', 'objects'), {
      evidence: [...(await look(own)), await absent(inquiry)],
    }),
    resultOf(titleOf('walls-as-rendered', 'Admission policies and roles stand as rendered', 'policies'), {
      evidence: [...(await look(shared)), await absent(inquiry)],
    }),
    resultOf(titleOf('walls-in-force', 'The API server acts on the admission policies', 'policies'), {
      evidence: await canaries(inquiry, baseline),
    }),
    resultOf(titleOf('policies-as-written', 'The policies that hold for the tenant stand as written', 'policies'), {
      evidence: none === null ? [...(await look(policies)), await absent(inquiry)] : [],
      notApplicable: none,
    }),
  ];
}

async function compareWith(inquiry: TrialRun, object: KubernetesObject): Promise<Evidence> {
  const key = keyOf(object);
  const live = await inquiry.get(key);
  const difference = live === null ? null : compare(object, live);
  const isSame = difference !== null && difference.complete && difference.removal === null;
  const answer = live === null ? 'It does not exist.' : isSame ? 'as rendered' : 'It differs from the rendered object.';
  return looked(`read ${objectName(key)}`, answer, isSame);
}

/** The control: an object that does not exist is reported as such. */
async function absent(inquiry: TrialRun): Promise<Evidence> {
  const key = { apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'tn-bulkhead-proof' };
  const live = await inquiry.get(key);
  return {
    ...looked(
      `read ${objectName(key)}, which must not exist`,
      live === null ? 'It does not exist.' : 'It exists.',
      live === null,
    ),
    expected: 'no',
    control: true,
  };
}

/** Checks by canaries, whose answers name the set of policies in force, that it is the rendered one. */
async function canaries(inquiry: TrialRun, baseline: AdmissionBaseline): Promise<Evidence[]> {
  const { provisioner, mutates } = baseline;
  const another = { ...baseline, provisioner: `${provisioner} of another set` };
  const { validates, notes } = await baselineInForce((object) => inquiry.tryApply(object), baseline);
  const control = await baselineInForce((object) => inquiry.tryApply(object), another);
  return [
    looked('ask the canary of the validating policies', validates ? 'this set' : 'another set, or none', validates),
    ...(mutates
      ? [looked('ask the canary of the mutating policies', notes ? 'this set' : 'another set, or none', notes)]
      : []),
    {
      ...looked(
        'ask the canary for a set that is not in force',
        control.validates ? 'that set' : 'not that set',
        !control.validates,
      ),
      expected: 'no',
      control: true,
    },
  ];
}

function looked(request: string, answer: string, asExpected: boolean): Evidence {
  return { as: 'the worker', request, detail: null, answer, expected: 'yes', control: false, asExpected };
}

function titleOf(id: string, title: string, area: CheckTitle['area']): CheckTitle {
  return { id, benchmark: null, title, area, condition: 'PoliciesEnforced' };
}
