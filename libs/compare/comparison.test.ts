import { type KubernetesObject } from '#isolation';
import { type LiveObject } from '#kube';
import { describe, expect, test } from 'vitest';

import { changeOf, compare } from './comparison.js';

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

/** The live object after another client changed its spec and metadata. */
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
  };
}

test('labels of others, the status and metadata maintained by the API server are ignored', () => {
  expect(compare(rendered, live({}, { theirs: 'x' }))).toEqual({ complete: true, removal: null });
});

test('an empty map that the API server drops counts as present', () => {
  expect(compare(rendered, live({ podSelector: undefined }))).toEqual({ complete: true, removal: null });
});

describe('missing or changed fields have to be applied', () => {
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
  ])('%s', ([, existing]) => {
    expect(compare(rendered, existing)).toMatchObject({ complete: false });
  });
});

test('fields that others added are removed, because an apply would keep them', () => {
  const widened = live({ podSelector: { matchLabels: { only: 'these' } }, ingress: [{}] });
  expect(compare(rendered, widened)).toEqual({
    complete: true,
    removal: { spec: { podSelector: { matchLabels: null }, ingress: null } },
  });
});

test('additions by the cluster to namespaces and service accounts are kept', () => {
  const account: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
    automountServiceAccountToken: false,
  };
  const existing = {
    ...account,
    metadata: { name: 'default', uid: 'u', resourceVersion: '1' },
    imagePullSecrets: [{ name: 'pull' }],
  };
  expect(compare(account, existing)).toEqual({ complete: true, removal: null });
  expect(compare(account, { ...existing, automountServiceAccountToken: true }).complete).toBe(false);
});

test('labels that Bulkhead wrote and no longer renders are removed, except the one that the API server writes', () => {
  const existing = live({}, { old: '1', 'kubernetes.io/metadata.name': 'tn-a' });
  const written = { 'f:a': {}, 'f:old': {}, 'f:kubernetes.io/metadata.name': {} };
  existing.metadata.managedFields = [
    { manager: 'bulkhead', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:labels': written } } },
  ];
  expect(compare(rendered, existing).removal).toEqual({ metadata: { labels: { old: null } } });
});

describe('the change of an object', () => {
  const quota = (spec: object): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', labels: { a: '1' } },
    spec,
  });

  test('is all that is rendered, with the removals next to it', () => {
    const object = quota({ hard: { pods: '1' } });
    expect(changeOf(object, null)).toEqual(object);
    expect(changeOf(object, { spec: { hard: { secrets: null }, scopes: null }, status: null })).toEqual({
      ...object,
      spec: { hard: { pods: '1', secrets: null }, scopes: null },
      status: null,
    });
    expect(changeOf(object, { metadata: { labels: { b: null }, annotations: { c: null } } })).toMatchObject({
      metadata: { name: 'q', labels: { a: '1', b: null }, annotations: { c: null } },
    });
    expect(object).toEqual(quota({ hard: { pods: '1' } }));
  });

  test('never removes what is rendered', () => {
    const object = quota({ hard: {}, scopes: [], selector: 'x' });
    expect(changeOf(object, { spec: { hard: null, scopes: null, selector: { key: null } } })).toEqual(object);
    expect(changeOf(object, { spec: { hard: { pods: null } } })).toEqual(
      quota({ hard: { pods: null }, scopes: [], selector: 'x' }),
    );
  });
});
