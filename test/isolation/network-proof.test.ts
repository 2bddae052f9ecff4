import { type KubernetesObject, type NetworkAnswer, networkAnswers, renderNetwork, type TenantInput } from '#isolation';
import { expect, test } from 'vitest';

import { planWith, tenant } from './tenants.js';

const network = { internetEgress: 'https' as const, allowCidrs: ['203.0.113.0/24'], ingressGateway: true };
const acme = tenant('acme', planWith({ network }), ['main', 'dev']);
const other = tenant('other', planWith({}));

interface Rule {
  from?: object[];
  to?: object[];
  ports?: object[];
}
type Direction = 'ingress' | 'egress';
type Rules = Record<Direction, Rule[]>;

/** The network objects with the rules of `tenant-allow` in the main namespace changed. */
function withRules(change: (rules: Rules) => void): KubernetesObject[] {
  const objects = renderNetwork(acme);
  const policy = objects.find(({ metadata }) => metadata.namespace === 'tn-acme' && metadata.name === 'tenant-allow');
  change(policy?.['spec'] as Rules);
  return objects;
}

const wrong = (live: KubernetesObject[], input: TenantInput = acme): NetworkAnswer[] => {
  const { planned, crossing } = networkAnswers(input, live, [other]);
  return [...planned, ...crossing].filter(({ wanted, found }) => wanted !== found);
};

const ofAll = (rules: Rules): [string, Direction, number][] =>
  (['ingress', 'egress'] as const).flatMap((direction) =>
    rules[direction].map((_, index): [string, Direction, number] => [`${direction} rule ${index}`, direction, index]),
  );
let rendered: Rules = { ingress: [], egress: [] };
withRules((rules) => (rendered = rules));

test('the proof finds nothing wrong with what is rendered', () => {
  expect(wrong(renderNetwork(acme))).toEqual([]);
  expect(ofAll(rendered)).toHaveLength(6);
});

test.for(ofAll(rendered))('the proof notices that %s is missing', ([, direction, index]) => {
  const found = wrong(withRules((rules) => rules[direction].splice(index, 1)));
  expect(found.length).toBeGreaterThan(0);
  expect(found.every((answer) => answer.wanted && !answer.found)).toBe(true);
  expect(new Set(found.map((answer) => answer.direction))).toEqual(
    new Set([direction === 'ingress' ? 'inbound' : 'outbound']),
  );
});

/** Each entry of a list of peers or ports that has others beside it. */
const entries = ofAll(rendered).flatMap(([title, direction, index]) =>
  (['from', 'to', 'ports'] as const).flatMap((field) => {
    const list = rendered[direction][index]?.[field] ?? [];
    return list.length < 2
      ? []
      : list.map((_, at) => ({ title: `${title}: ${field} ${at}`, direction, index, field, at }));
  }),
);

test('the proof notices each peer and each port that is missing from a rule', () => {
  const missed = entries.filter(({ direction, index, field, at }) => {
    return wrong(withRules((rules) => rules[direction][index]?.[field]?.splice(at, 1))).length === 0;
  });
  expect(missed.map(({ title }) => title)).toEqual([]);
  // DNS: pods, two addresses of the service and that of the node; two ports. Monitoring: two ports. Internet: v4, v6.
  expect(entries).toHaveLength(10);
});

test.for<[string, Direction, Rule]>([
  ['everything out', 'egress', {}],
  ['everything in', 'ingress', {}],
  ['all namespaces in', 'ingress', { from: [{ namespaceSelector: {} }] }],
  ['all namespaces out', 'egress', { to: [{ namespaceSelector: {} }] }],
  [
    'the other tenant',
    'ingress',
    { from: [{ namespaceSelector: { matchLabels: { 'bulkhead.io/tenant-id': other.id } } }] },
  ],
  ['the metadata service', 'egress', { to: [{ ipBlock: { cidr: '169.254.169.254/32' } }] }],
  ['the API server', 'egress', { to: [{ ipBlock: { cidr: '198.51.100.7/32' } }] }],
  ['the internet on another port', 'egress', { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ port: 25 }] }],
])('the proof notices a rule that opens %s', ([, direction, rule]) => {
  const found = wrong(withRules((rules) => rules[direction].push(rule)));
  expect(found.length).toBeGreaterThan(0);
  expect(found.every((answer) => answer.found && !answer.wanted)).toBe(true);
});

test('the proof notices a rule that lost its ports', () => {
  for (const [title, direction, index] of ofAll(rendered)) {
    if (rendered[direction][index]?.ports === undefined) continue;
    expect(wrong(withRules((rules) => delete rules[direction][index]?.ports)).length, title).toBeGreaterThan(0);
  }
});
