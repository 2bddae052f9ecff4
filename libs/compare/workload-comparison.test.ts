import { type KubernetesObject } from '#isolation';
import { type LiveObject } from '#kube';
import { describe, expect, test } from 'vitest';

import { compare } from './comparison.js';
import { isAsApplied, wasApplied } from './workload-comparison.js';

const rendered: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'tn-a', labels: { app: 'web' } },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      spec: {
        hostNetwork: false,
        containers: [
          {
            name: 'app',
            image: 'app:1',
            args: ['a', 'b'],
            env: [{ name: 'EMPTY', value: '' }],
            ports: [{ containerPort: 53 }],
            resources: { limits: { cpu: '1000m', memory: 1024 } },
          },
        ],
        tolerations: [{ operator: 'Exists' }],
        volumes: [{ name: 'scratch', emptyDir: {} }],
      },
    },
  },
};

/** As the API server of Kubernetes 1.36 writes it. */
const fieldsV1 = {
  'f:metadata': { 'f:labels': { 'f:app': {} } },
  'f:spec': {
    'f:selector': {},
    'f:template': {
      'f:spec': {
        'f:hostNetwork': {},
        'f:containers': {
          'k:{"name":"app"}': {
            '.': {},
            'f:name': {},
            'f:image': {},
            'f:args': {},
            'f:env': { 'k:{"name":"EMPTY"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
            'f:ports': { 'k:{"containerPort":53,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
            'f:resources': { 'f:limits': { 'f:cpu': {}, 'f:memory': {} } },
          },
        },
        'f:tolerations': {},
        'f:volumes': { 'k:{"name":"scratch"}': { '.': {}, 'f:name': {}, 'f:emptyDir': {} } },
      },
    },
  },
};

function applied(): { metadata: object; app: Record<string, unknown>; object: LiveObject } {
  const app = {
    name: 'app',
    image: 'app:1',
    args: ['a', 'b'],
    env: [{ name: 'EMPTY' }],
    ports: [{ containerPort: 53, protocol: 'TCP' }],
    resources: { limits: { cpu: '1', memory: '1Ki' } },
    terminationMessagePath: '/dev/termination-log',
  };
  const entry = { manager: 'bulkhead', operation: 'Apply', apiVersion: 'apps/v1', fieldsV1: structuredClone(fieldsV1) };
  const metadata = {
    name: 'web',
    namespace: 'tn-a',
    uid: 'u',
    resourceVersion: '1',
    labels: { app: 'web', theirs: 'x' },
    managedFields: [{ manager: 'kubectl', operation: 'Update', apiVersion: 'apps/v1', fieldsV1: {} }, entry],
  };
  const spec = {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {
      spec: {
        containers: [{ name: 'theirs', image: 'theirs:1' }, app],
        tolerations: [{ operator: 'Exists' }],
        volumes: [{ name: 'scratch', emptyDir: {} }],
      },
    },
  };
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec } as unknown as LiveObject;
  return { metadata, app, object };
}

/** The live object after its field set was changed. */
function withFields(change: (fields: typeof fieldsV1) => void): LiveObject {
  const { object } = applied();
  const { managedFields } = object.metadata as unknown as { managedFields: { fieldsV1: typeof fieldsV1 }[] };
  const [, ours] = managedFields;
  if (ours !== undefined) change(ours.fieldsV1);
  return object;
}

test('defaults, other forms of a quantity, dropped empty values and fields of others are no difference', () => {
  expect(isAsApplied(rendered, applied().object)).toBe(true);
  expect(compare(rendered, applied().object)).toEqual({ complete: true, removal: null });
});

describe('a workload differs', () => {
  test.for<[string, (app: Record<string, unknown>) => void]>([
    ['a value', (app) => (app['image'] = 'evil:1')],
    ['an item of a list that is one value', (app) => (app['args'] = ['a', 'c'])],
    ['an item more in a list that is one value', (app) => (app['args'] = ['a', 'b', 'c'])],
    ['an amount', (app) => (app['resources'] = { limits: { cpu: '2', memory: '1Ki' } })],
    ['an item of a list that is merged', (app) => (app['env'] = [{ name: 'EMPTY', value: 'full' }])],
    ['a missing item of a list that is merged', (app) => (app['env'] = [])],
    ['the missing whole', (app) => (app['name'] = 'renamed')],
  ])('by %s', ([, change]) => {
    const { app, object } = applied();
    change(app);
    expect(isAsApplied(rendered, object)).toBe(false);
  });

  test('where another client set or removed a field, even if its value looks the same', () => {
    const spec = (fields: typeof fieldsV1): Record<string, unknown> => fields['f:spec']['f:template']['f:spec'];
    expect(
      isAsApplied(
        rendered,
        withFields((fields) => delete spec(fields)['f:hostNetwork']),
      ),
    ).toBe(false);
    expect(
      isAsApplied(
        rendered,
        withFields((fields) => delete spec(fields)['f:volumes']),
      ),
    ).toBe(false);
  });

  test('where Bulkhead never applied it', () => {
    const { object, metadata } = applied();
    Object.assign(metadata, { managedFields: [] });
    expect(isAsApplied(rendered, object)).toBe(false);
    expect(wasApplied(object)).toBe(false);
    expect(wasApplied(applied().object)).toBe(true);
  });
});

test('a list of plain values that is merged holds every value', () => {
  const service: KubernetesObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec: { ips: ['a'] },
  };
  const live = (ips: string[], owned: object): LiveObject =>
    ({
      ...service,
      spec: { ips },
      metadata: {
        name: 'a',
        uid: 'u',
        resourceVersion: '1',
        managedFields: [
          {
            manager: 'bulkhead',
            operation: 'Apply',
            apiVersion: 'v1',
            fieldsV1: { 'f:spec': { 'f:ips': owned }, 'f:metadata': {} },
          },
        ],
      },
    }) as unknown as LiveObject;
  expect(isAsApplied(service, live(['b', 'a'], { 'v:"a"': {} }))).toBe(true);
  expect(isAsApplied(service, live(['b'], { 'v:"b"': {} }))).toBe(false);
});
