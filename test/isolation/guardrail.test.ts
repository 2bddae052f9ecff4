import {
  judge,
  type KubernetesObject,
  platformPlaces,
  Policies,
  renderGuardrail,
  renderNetwork,
  tenantPlace,
} from '#isolation';
import { containsCidr, forbiddenCidrs, parseCidr } from '#plans';
import { describe, expect, test } from 'vitest';

import { cluster, planWith, tenant } from './tenants.js';

const knowing = { ...cluster, knowsClusterNetworkPolicy: true };
const acme = tenant('acme', planWith());
const opening: KubernetesObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'opens-all', namespace: 'tn-acme' },
  spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
};

/** Returns what a pod reaches if a policy that allows everything got past admission. */
function reached(guardrail: readonly KubernetesObject[]): Record<string, boolean> {
  const policies = Policies.read([...renderNetwork(acme), opening, ...guardrail]);
  const [pod] = tenantPlace(acme, cluster).endpoints;
  if (pod === undefined) throw new Error('the tenant has no pod');
  const to = platformPlaces(cluster).flatMap(({ endpoints }) => endpoints);
  return Object.fromEntries(
    to.map((endpoint) => {
      const name = endpoint.kind === 'pod' ? endpoint.name : endpoint.address;
      return [name, judge(policies, pod, endpoint, { protocol: 'TCP', port: 53 }).egress.allowed];
    }),
  );
}

describe('the guardrail', () => {
  test('is rendered if the cluster serves the kind', () => {
    expect(renderGuardrail(cluster)).toEqual([]);
    expect(renderGuardrail(knowing)).toMatchObject([{ kind: 'ClusterNetworkPolicy' }]);
  });

  test('keeps only metadata services closed', () => {
    const translated = ['2002:a9fe:a9fe::1', '64:ff9b::a9fe:a9fe'];
    const metadata = ['100.100.100.200', '168.63.129.16', '169.254.169.254', ...translated, 'fd00:ec2::254'];
    const closed = (found: Record<string, boolean>): string[] =>
      Object.keys(found)
        .filter((name) => found[name] === false)
        .sort();
    expect(closed(reached([]))).toEqual([]);
    expect(closed(reached(renderGuardrail(knowing)))).toEqual(metadata);
    expect(reached(renderGuardrail(knowing))).toMatchObject({ '169.254.20.10': true, '198.41.0.4': true });
  });

  test('closes only ranges that no plan can open', () => {
    const [{ spec } = { spec: {} }] = renderGuardrail(knowing);
    const { egress } = spec as { egress: { action: string; to: { networks: string[] }[] }[] };
    const denied = egress
      .filter(({ action }) => action === 'Deny')
      .flatMap(({ to }) => to.flatMap((each) => each.networks));
    expect(denied.length).toBeGreaterThan(0);
    for (const text of denied) {
      const isForbidden = forbiddenCidrs.some(({ cidr }) => containsCidr(cidr, parseCidr(text)));
      expect([text, isForbidden]).toEqual([text, true]);
    }
  });
});
