import { type WorkloadIdentity } from '../../model/tenant-input.js';
import { type IstioAuthorization } from './istio-policies.js';
import { type JudgedMesh, type MeshVerdict, titleOf } from './mesh-call.js';

/**
 * One matching DENY policy refuses. If there are ALLOW policies, one must match; if there are none, everyone is
 * allowed.
 */
export function decide(
  policies: readonly IstioAuthorization[],
  isMet: (policy: IstioAuthorization) => boolean,
): MeshVerdict {
  const of = (action: 'ALLOW' | 'DENY'): IstioAuthorization[] => policies.filter((policy) => policy.action === action);
  const named = (list: readonly IstioAuthorization[]): string[] => list.map(({ object }) => titleOf(object)).sort();
  const denying = of('DENY').filter(isMet);
  if (denying.length > 0) return { allowed: false, because: named(denying) };
  const allowing = of('ALLOW');
  const met = allowing.filter(isMet);
  if (met.length > 0) return { allowed: true, because: named(met) };
  return { allowed: allowing.length === 0, because: named(allowing) };
}

/** Returns an identity as Istio writes it in policies. */
export function spiffeOf({ trustDomain }: JudgedMesh, { namespace, serviceAccount }: WorkloadIdentity): string {
  return `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}
