import { type KubernetesObject } from '#isolation';
import { type LiveObject } from '#kube';
import { describe, expect, test } from 'vitest';

import { compare } from './comparison.js';

const rendered = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'allow-dns', namespace: 'tn-a', labels: { a: '1' } },
  spec: {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: { matchLabels: { k: 'dns' } } }], ports: [{ port: 53, protocol: 'UDP' }] }],
  },
};
const [rule] = rendered.spec.egress;

/** The live object after somebody changed its spec and metadata. */
function live(spec: object = {}, labels: object = {}): LiveObject {
  const metadata = {
    ...rendered.metadata,
    uid: 'u',
    resourceVersion: '1',
    labels: { ...rendered.metadata.labels, ...labels },
  };
  return {
    ...rendered,
    metadata,
    spec: { ...rendered.spec, ...spec },
    status: { any: 'thing' },
  } as unknown as LiveObject;
}

test('labels of others, the status and what the API server keeps for itself do not count', () => {
  expect(compare(rendered, live({}, { theirs: 'x' }))).toEqual({ complete: true, removal: null });
});

test('an empty map that the API server leaves out is there', () => {
  expect(compare(rendered, live({ podSelector: undefined }))).toEqual({ complete: true, removal: null });
});

describe('what is missing or changed has to be applied', () => {
  test.for<[string, LiveObject]>([
    ['another label', live({}, { a: '2' })],
    ['a longer list', live({ policyTypes: ['Egress', 'Ingress'] })],
    ['a shorter list', live({ policyTypes: [] })],
    ['an open rule', live({ egress: [{}] })],
    ['one more port', live({ egress: [{ ...rule, ports: [...(rule?.ports ?? []), { port: 1, protocol: 'TCP' }] }] })],
    [
      'a port that became a range',
      live({ egress: [{ ...rule, ports: [{ port: 53, endPort: 65535, protocol: 'UDP' }] }] }),
    ],
    ['a text for a number', live({ egress: [{ ...rule, ports: [{ port: '53', protocol: 'UDP' }] }] })],
    [
      'a peer that became every namespace',
      live({ egress: [{ ...rule, to: [{ podSelector: { matchLabels: { k: 'dns' } }, namespaceSelector: {} }] }] }),
    ],
  ])('%s', ([, standing]) => {
    expect(compare(rendered, standing)).toMatchObject({ complete: false });
  });
});

test('what somebody added is removed, because an apply would leave it', () => {
  const widened = live({ podSelector: { matchLabels: { only: 'these' } }, ingress: [{}] });
  expect(compare(rendered, widened)).toEqual({
    complete: true,
    removal: { spec: { podSelector: { matchLabels: null }, ingress: null } },
  });
});

test('what the cluster adds to namespaces and service accounts is its own', () => {
  const account: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
    automountServiceAccountToken: false,
  };
  const standing = {
    ...account,
    metadata: { name: 'default', uid: 'u', resourceVersion: '1' },
    imagePullSecrets: [{ name: 'pull' }],
  };
  expect(compare(account, standing)).toEqual({ complete: true, removal: null });
  expect(compare(account, { ...standing, automountServiceAccountToken: true } as LiveObject).complete).toBe(false);
});

test('labels that Bulkhead once wrote and no longer renders are removed, but for the one that the API server writes', () => {
  const standing = live({}, { old: '1', 'kubernetes.io/metadata.name': 'tn-a' });
  const written = { 'f:a': {}, 'f:old': {}, 'f:kubernetes.io/metadata.name': {} };
  standing.metadata.managedFields = [
    { manager: 'bulkhead', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:labels': written } } },
  ];
  expect(compare(rendered, standing).removal).toEqual({ metadata: { labels: { old: null } } });
});
