import { type LiveObject } from '#kube';
import { describe, expect, test } from 'vitest';

import { isLonePod, ownersAmong, suspensionOf } from './workload-suspension.js';

function object(kind: string, spec: object, more: { owned?: boolean; status?: object } = {}): LiveObject {
  const ownerReferences = more.owned === true ? [{ controller: true, uid: 'owner' }] : [];
  const metadata = { name: 'a', namespace: 'tn-a', uid: 'u', resourceVersion: '1', ownerReferences };
  return { apiVersion: 'v1', kind, metadata, spec, status: more.status ?? {} };
}

describe('scalable kinds are scaled to zero and back', () => {
  test.for(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'])('%s', (kind) => {
    expect(suspensionOf(object(kind, { replicas: 3 }))).toEqual({
      suspend: { spec: { replicas: 0 } },
      restore: { spec: { replicas: 3 } },
    });
    expect(suspensionOf(object(kind, { replicas: 0 }))).toBeNull();
  });
});

describe('what belongs to another workload is left to it', () => {
  const owned = (kind: string): LiveObject => object(kind, { replicas: 3 }, { owned: true });

  test('if that one exists, and is of a kind that controls it', () => {
    expect(suspensionOf(owned('ReplicaSet'), new Map([['owner', 'Deployment']]))).toBeNull();
  });

  test.for([new Map<string, string>(), new Map([['owner', 'ConfigMap']]), new Map([['another', 'Deployment']])])(
    'but not for an owner that was made up: %o',
    (owners) => {
      expect(suspensionOf(owned('ReplicaSet'), owners)).not.toBeNull();
      expect(suspensionOf(owned('ReplicationController'), owners)).not.toBeNull();
      expect(isLonePod(owned('Pod'), owners)).toBe(true);
    },
  );

  test('owners are found among workloads only', () => {
    const [deployment, map] = [object('Deployment', {}), object('ConfigMap', {})];
    expect([...ownersAmong([map])]).toEqual([]);
    expect([...ownersAmong([deployment])]).toEqual([['u', 'Deployment']]);
  });
});

test('the Jobs of a CronJob run pods, so they are suspended as well', () => {
  expect(suspensionOf(object('Job', { suspend: false }, { owned: true }))).not.toBeNull();
});

test('a StatefulSet that deletes its volumes when it is scaled down keeps them', () => {
  const policy = (whenScaled: string): object => ({ persistentVolumeClaimRetentionPolicy: { whenScaled } });
  expect(suspensionOf(object('StatefulSet', { replicas: 2, ...policy('Delete') }))).toEqual({
    suspend: { spec: { replicas: 0, ...policy('Retain') } },
    restore: { spec: { replicas: 2, ...policy('Delete') } },
  });
  expect(suspensionOf(object('StatefulSet', { replicas: 2, ...policy('Retain') }))).toEqual({
    suspend: { spec: { replicas: 0 } },
    restore: { spec: { replicas: 2 } },
  });
});

test('workloads that their owner suspended and those that have ended are left alone', () => {
  expect(suspensionOf(object('Job', { suspend: true }))).toBeNull();
  expect(suspensionOf(object('CronJob', { suspend: true }))).toBeNull();
  for (const type of ['Complete', 'Failed']) {
    const status = { conditions: [{ type, status: 'True' }] };
    expect(suspensionOf(object('Job', { suspend: false }, { status }))).toBeNull();
  }
  expect(suspensionOf(object('CronJob', { suspend: false }))?.restore).toEqual({ spec: { suspend: false } });
});

test('a DaemonSet selects a node that does not exist, and keeps its own node selector', () => {
  const onNodes = (nodeSelector: object): object => ({ template: { spec: { nodeSelector } } });
  expect(suspensionOf(object('DaemonSet', onNodes({ disk: 'ssd' })))).toEqual({
    suspend: { spec: onNodes({ 'bulkhead.io/suspended': 'true' }) },
    restore: { spec: onNodes({ 'bulkhead.io/suspended': null }) },
  });
  expect(suspensionOf(object('DaemonSet', onNodes({ 'bulkhead.io/suspended': 'true' })))).toBeNull();
});

test('other kinds are not suspended', () => {
  expect(suspensionOf(object('Pod', {}))).toBeNull();
});

test('a pod is alone if no controller would recreate it', () => {
  expect(isLonePod(object('Pod', {}, { status: { phase: 'Running' } }), new Map())).toBe(true);
  expect(isLonePod(object('Pod', {}, { owned: true }), new Map([['owner', 'StatefulSet']]))).toBe(false);
  expect(isLonePod(object('Pod', {}, { status: { phase: 'Succeeded' } }), new Map())).toBe(false);
});

describe('access that a tenant granted itself', () => {
  const rules = [{ from: [{ podSelector: {} }] }];

  test('is withdrawn and restored', () => {
    const subjects = [{ kind: 'User', name: 'bob' }];
    const binding = { ...object('RoleBinding', {}), subjects };
    expect(suspensionOf(binding)).toEqual({ suspend: { subjects: [] }, restore: { subjects } });
    expect(suspensionOf(object('RoleBinding', {}))).toBeNull();
    expect(suspensionOf(object('NetworkPolicy', { ingress: rules }))).toEqual({
      suspend: { spec: { ingress: null, egress: null } },
      restore: { spec: { ingress: rules, egress: null } },
    });
    expect(suspensionOf(object('NetworkPolicy', {}))).toBeNull();
  });

  test('is distinguished from objects of Bulkhead', () => {
    const policy = object('NetworkPolicy', { ingress: rules });
    const labels = { 'app.kubernetes.io/managed-by': 'bulkhead' };
    expect(suspensionOf({ ...policy, metadata: { ...policy.metadata, labels } })).toBeNull();
  });
});
