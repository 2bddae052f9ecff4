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
  type Walls,
} from '#isolation';
import { isWorkloadKind, keyOf, objectName } from '#kube';
import pMap from 'p-map';

import { resultOf } from './findings.js';
import { type Inquiry } from './inquiry.js';

const IN_FLIGHT = 8;

/**
 * Whether what Bulkhead made stands as it was made. The other checks look at what that comes to; this one names the
 * object when it does not.
 * @param policies objects of the policies that hold for the tenant
 */
export async function observeObjects(
  inquiry: Inquiry,
  rendered: readonly KubernetesObject[],
  policies: readonly KubernetesObject[],
  { walls, cluster }: { walls: Walls; cluster: ClusterFacts },
): Promise<IsolationCheckResult[]> {
  const own = rendered.filter(({ kind }) => !isWorkloadKind(kind));
  const shared = [...renderAdmissionPolicies(walls), ...renderGuardrail(cluster), ...renderClusterRoles()];
  const look = (objects: readonly KubernetesObject[]): Promise<Evidence[]> =>
    pMap(objects, (object) => compareWith(inquiry, object), { concurrency: IN_FLIGHT });
  const none = policies.length === 0 ? 'No policy holds for the tenant.' : null;
  return [
    resultOf(titleOf('objects-as-rendered', 'The tenant’s objects stand as rendered', 'objects'), {
      evidence: [...(await look(own)), await absent(inquiry)],
    }),
    resultOf(titleOf('walls-as-rendered', 'Admission policies and roles stand as rendered', 'policies'), {
      evidence: [...(await look(shared)), await absent(inquiry)],
    }),
    resultOf(titleOf('walls-in-force', 'The API server acts on the admission policies', 'policies'), {
      evidence: await canaries(inquiry, walls),
    }),
    resultOf(titleOf('policies-as-written', 'The policies that hold for the tenant stand as written', 'policies'), {
      evidence: none === null ? [...(await look(policies)), await absent(inquiry)] : [],
      notApplicable: none,
    }),
  ];
}

async function compareWith(inquiry: Inquiry, object: KubernetesObject): Promise<Evidence> {
  const key = keyOf(object);
  const live = await inquiry.get(key);
  const difference = live === null ? null : compare(object, live);
  const isSame = difference !== null && difference.complete && difference.removal === null;
  const answer = live === null ? 'It does not exist.' : isSame ? 'as rendered' : 'It differs from what is rendered.';
  return looked(`read ${objectName(key)}`, answer, isSame);
}

/** An object that nobody makes is not found: the looks of the others tell something. */
async function absent(inquiry: Inquiry): Promise<Evidence> {
  const key = { apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'tn-bulkhead-proof' };
  const live = await inquiry.get(key);
  return {
    ...looked(
      `read ${objectName(key)}, which nobody makes`,
      live === null ? 'It does not exist.' : 'It exists.',
      live === null,
    ),
    ...{ expected: 'no', control: true },
  };
}

/** The answer to a canary names the set of policies that gave it; one of another set is not what is rendered. */
async function canaries(inquiry: Inquiry, walls: Walls): Promise<Evidence[]> {
  const { provisioner, mutates } = walls;
  const another = { ...walls, provisioner: `${provisioner} of another set` };
  const { validates, notes } = await baselineInForce((object) => inquiry.tryApply(object), walls);
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
      ...{ expected: 'no', control: true },
    },
  ];
}

function looked(request: string, answer: string, asExpected: boolean): Evidence {
  return { as: 'the worker', request, detail: null, answer, expected: 'yes', control: false, asExpected };
}

function titleOf(id: string, title: string, area: CheckTitle['area']): CheckTitle {
  return { id, benchmark: null, title, area, condition: 'PoliciesEnforced' };
}
