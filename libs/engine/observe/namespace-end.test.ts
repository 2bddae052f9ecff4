import { type LiveObject } from '#kube';
import { expect, test } from 'vitest';

import { remainingContent } from './namespace-end.js';

function namespaceWith(conditions?: object[]): LiveObject {
  const metadata = { name: 'a', uid: '1', resourceVersion: '1' };
  const status = conditions === undefined ? {} : { conditions };
  return { apiVersion: 'v1', kind: 'Namespace', metadata, status };
}

test('the kinds that remain are read from the conditions of the namespace controller', () => {
  const message =
    'Some resources are remaining: configmaps. has 2 resource instances, widgets.example.com has 1 resource instances';
  const held = 'Some content in the namespace has finalizers remaining: example.com/hold in 3 resource instances';
  const namespace = namespaceWith([
    { type: 'NamespaceDeletionContentFailure', status: 'False', message: 'All content successfully deleted' },
    { type: 'NamespaceContentRemaining', status: 'True', message },
    { type: 'NamespaceFinalizersRemaining', status: 'True', message: held },
  ]);
  expect(remainingContent(namespace)).toEqual({
    message: `${message} ${held}`,
    resources: [
      { group: '', resource: 'configmaps' },
      { group: 'example.com', resource: 'widgets' },
    ],
    isHeld: true,
  });
});

test('a failed discovery is reported, and names no kind', () => {
  const message = 'Discovery failed for some groups, 1 failing: metrics.k8s.io/v1: the server is unavailable';
  const namespace = namespaceWith([{ type: 'NamespaceDeletionDiscoveryFailure', status: 'True', message }]);
  expect(remainingContent(namespace)).toEqual({ message, resources: [], isHeld: false });
});

test('a namespace that the controller has not come to yet has no conditions', () => {
  expect(remainingContent(namespaceWith())).toEqual({ message: '', resources: [], isHeld: false });
});

test('pods remain if the controller reports that all is well and the namespace is still there', () => {
  const message = 'All content successfully removed';
  const namespace = namespaceWith([{ type: 'NamespaceContentRemaining', status: 'False', message }]);
  expect(remainingContent(namespace)).toEqual({
    message: '',
    resources: [{ group: '', resource: 'pods' }],
    isHeld: true,
  });
});
