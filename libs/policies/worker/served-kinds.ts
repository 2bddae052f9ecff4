import { type ServedResource } from '#kube';

import { celPolicyOf } from '../rule/cel-rule.js';
import { type PolicySpec } from '../rule/policy-spec.js';

/**
 * Says that a policy can match nothing in a cluster, or which of its rules cannot; null if each can. Kinds of custom
 * resources can be installed later, so that is no error.
 */
export function aboutNothing(spec: PolicySpec, served: readonly ServedResource[]): string | null {
  const { rego } = spec.rule;
  const rules =
    rego === undefined
      ? celPolicyOf(spec).match.map(({ apiGroups, resources }) => ({
          apiGroups,
          names: resources.map((entry) => entry.split('/')[0] ?? ''),
          of: ({ resource }: ServedResource) => resource,
        }))
      : rego.match.map(({ apiGroups, kinds }) => ({ apiGroups, names: kinds, of: ({ kind }: ServedResource) => kind }));
  const names = (list: readonly string[], name: string): boolean => list.includes('*') || list.includes(name);
  const idle = rules.filter(
    ({ apiGroups, names: wanted, of }) =>
      !served.some((each) => each.namespaced && names(apiGroups, each.group) && names(wanted, of(each))),
  );
  if (idle.length === 0) return null;
  const all = idle.flatMap(({ apiGroups, names: wanted }) => wanted.map((name) => `${name} (${groupsOf(apiGroups)})`));
  const unserved = [...new Set(all)].join(', ');
  return idle.length === rules.length
    ? `The policy matches nothing: the cluster serves no ${unserved} in namespaces.`
    : `Part of the policy matches nothing: the cluster serves no ${unserved} in namespaces.`;
}

function groupsOf(apiGroups: readonly string[]): string {
  return apiGroups.map((group) => (group === '' ? 'core group' : `group ${group}`)).join(', ');
}
