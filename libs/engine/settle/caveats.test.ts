import { type ClusterFacts, type NetworkRule } from '#isolation';
import { planSpecSchema } from '#plans';
import { expect, test } from 'vitest';

import { caveatsOf, showsCaveats } from './caveats.js';

const cluster: ClusterFacts = {
  ...{ minorVersion: '1.36', dnsServiceIps: ['10.96.0.10'], podCidrs: ['10.244.0.0/16'] },
  ...{ serviceCidrs: ['10.96.0.0/12'], nodeCidrs: ['192.0.2.0/24'], gateway: null, monitoring: null },
  apiServerEndpoints: { ips: ['198.51.100.7'], port: 6443 },
};
const spec = planSpecSchema.parse({ quota: { cpu: '10', memory: '10Gi' } });
const rule = (id: string, more: Partial<NetworkRule> = {}): NetworkRule => ({
  ...{ id, direction: 'egress', action: 'allow', cidrs: ['203.0.113.0/24'], hosts: [], except: [], ports: [] },
  ...{ environments: null, podLabels: {}, beyondPlan: false },
  ...more,
});
const judged = (networkRules: readonly NetworkRule[]): Parameters<typeof caveatsOf>[1] => ({
  plan: { id: 'team', version: 1, spec },
  networkRules,
  isolationFindings: null,
});

test('rules that the plan keeps out of force are told, and only those', () => {
  const inForce = [rule('rule_deny', { action: 'deny' }), rule('rule_beyond', { beyondPlan: true })];
  expect(caveatsOf(cluster, judged(inForce)).NetworkIsolated).toBeUndefined();
  const out = ['rule_1', 'rule_2', 'rule_3', 'rule_4', 'rule_5'].map((id) => rule(id));
  const caveat = caveatsOf(cluster, judged([...inForce, ...out])).NetworkIsolated;
  expect(caveat).toMatchObject({ status: 'True', reason: 'RulesOutOfForce' });
  expect(caveat?.message).toMatch(/^Network rules are not in force: rule_1: .+ rule_3: .+ And 2 more\.$/);
  expect(caveat?.message).not.toContain('rule_deny');
});

test('what is worse keeps its reason, and the rules are told with it', () => {
  const unenforced = { ...cluster, isolatesNetworks: false };
  const { NetworkIsolated: caveat } = caveatsOf(unenforced, judged([rule('rule_1')]));
  expect(caveat).toMatchObject({ status: 'Unknown', reason: 'NoNetworkPolicyEngine' });
  expect(caveat?.message).toContain('rule_1');
});

test('a condition that tells of rules is outdated once they are in force again', () => {
  const { NetworkIsolated: caveat } = caveatsOf(cluster, judged([rule('rule_1')]));
  const condition = { type: 'NetworkIsolated' as const, observedGeneration: 1, lastTransitionTime: '' };
  const shown = [
    { ...condition, status: 'True' as const, reason: caveat?.reason ?? '', message: caveat?.message ?? '' },
  ];
  expect(showsCaveats(shown, caveatsOf(cluster, judged([rule('rule_1')])))).toBe(true);
  expect(showsCaveats(shown, caveatsOf(cluster, judged([])))).toBe(false);
});
