import { expect, test } from 'vitest';

import { matches } from './matches.js';

const rendered = {
  metadata: { name: 'deny', labels: { a: '1' } },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] },
};

test('what others added does not count', () => {
  const live = {
    metadata: { name: 'deny', uid: 'x', labels: { a: '1', b: '2' } },
    spec: { ...rendered.spec, podSelector: {} },
    status: {},
  };
  expect(matches(rendered, live)).toBe(true);
});

test('an empty map that the API server leaves out is there', () => {
  const { policyTypes, ingress } = rendered.spec;
  const spec = { policyTypes, ingress };
  expect(matches(rendered, { ...rendered, spec })).toBe(true);
});

test.for([
  ['another value', { ...rendered, metadata: { name: 'deny', labels: { a: '2' } } }],
  ['a missing label', { ...rendered, metadata: { name: 'deny' } }],
  ['a longer list', { ...rendered, spec: { ...rendered.spec, policyTypes: ['Ingress', 'Egress', 'Egress'] } }],
  ['a shorter list', { ...rendered, spec: { ...rendered.spec, policyTypes: ['Ingress'] } }],
  ['another order', { ...rendered, spec: { ...rendered.spec, policyTypes: ['Egress', 'Ingress'] } }],
  [
    'a change inside a list',
    { ...rendered, spec: { ...rendered.spec, ingress: [{ ports: [{ port: 53, protocol: 'TCP' }] }] } },
  ],
  [
    'a text for a number',
    { ...rendered, spec: { ...rendered.spec, ingress: [{ ports: [{ port: '53', protocol: 'UDP' }] }] } },
  ],
  ['nothing at all', undefined],
  ['null', null],
])('%s is a difference', ([, live]) => {
  expect(matches(rendered, live)).toBe(false);
});
