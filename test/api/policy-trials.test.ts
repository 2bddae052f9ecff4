import { imageSpellings, spellingsOf } from '#isolation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { cel, library, podOf, podsOnly, PolicyTrials, rego } from '../support/policies.js';

let trials: PolicyTrials;
beforeAll(async () => {
  trials = await PolicyTrials.start();
});
afterAll(() => trials.bulkhead.stop());

const v0 = `

package example

violation[{"msg": msg}] {
  container := input.review.object.spec.containers[_]
  allowed := [good | repo = input.parameters.repos[_]; good = startswith(container.image, repo)]
  not any(allowed)
  not re_match("^trusted", container.image)
  msg := sprintf("%v is not allowed.", [container.image])
}
`;

describe('a test of a policy', () => {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: {} };
  const no = { expression: 'false', message: 'Never.' };

  test('leaves alone what the policy does not match, and says so', async () => {
    const rule = cel({ match: [{ ...podsOnly, operations: ['UPDATE'] }], validations: [no] });
    const pod = podOf(['a']) as { object: { metadata: object } };
    const changed = { ...pod, operation: 'UPDATE', oldObject: pod.object };
    const metadata = { ...pod.object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a/b'] };
    const old = { ...pod.object, metadata };
    const ending = (more: object): object => ({
      ...changed,
      oldObject: old,
      object: { ...old, metadata: { ...metadata, ...more } },
    });
    const results = await trials.tested(
      { rule },
      { resource: 'deployments', object: deployment },
      pod,
      changed,
      ending({ finalizers: [] }),
      ending({ finalizers: [], labels: { a: 'b' } }),
    );
    expect(results.map(({ allowed, matched, violations }) => [allowed, matched, violations])).toEqual([
      [true, false, []],
      [true, false, []],
      [false, true, ['Never.']],
      [true, false, []],
      [false, true, ['Never.']],
    ]);
    expect(results.map(({ unmatchedReason }) => unmatchedReason)).toEqual([
      'The policy does not match the resource deployments.apps.',
      'The policy does not match the operation CREATE of pods.',
      null,
      expect.stringContaining('finalizers') as string,
      null,
    ]);
  });

  test('matches a part of a resource, whose object can be of another group', async () => {
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'd' }, spec: { replicas: 9 } };
    const review = { operation: 'UPDATE', resource: 'deployments/scale', object: scale, oldObject: scale };
    const results = await trials.tested(library('max-replicas', { replicas: 3 }), review, {
      ...review,
      resource: 'x/scale',
    });
    expect(results).toMatchObject([{ allowed: false }, { matched: false }]);
  });

  test('matches kinds in Rego', async () => {
    const rule = rego('package a\nviolation contains {"msg": "no"} if { input.review.object }\n');
    const results = await trials.tested({ rule }, podOf(['a']), { resource: 'deployments', object: deployment });
    expect(results).toMatchObject([{ allowed: false }, { matched: false, allowed: true }]);
  });

  test('shows the message that the rule evaluates, or the fixed one', async () => {
    const validations = [{ ...no, messageExpression: "'No ' + object.spec.containers[0].name + '.'" }];
    const broken = { resource: 'pods', object: { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: {} } };
    const results = await trials.tested({ rule: cel({ validations }) }, podOf(['a']), broken);
    expect(results.map(({ violations }) => violations)).toEqual([['No c0.'], ['Never.']]);
  });
});

test.for([
  [
    'CEL',
    cel({
      validations: [
        {
          expression:
            "variables.parameters.labels.all(l, object.metadata.?labels[?l.key].orValue('').matches(l.allowed) && l.weight >= 0.5 && size(l.of) == 2) && variables.parameters.name == 'a,b' && variables.parameters.count == '3'",
          message: 'No.',
        },
      ],
    }),
  ],
  [
    'Rego',
    rego(
      'package a\nviolation contains {"msg": "no"} if {\n  some label in input.parameters.labels\n  not regex.match(label.allowed, object.get(input.review.object.metadata, ["labels", label.key], ""))\n}\n',
    ),
  ],
] as const)('parameters can be objects and lists of them in %s', async ([, rule]) => {
  const labels = [{ key: 'owner', allowed: '^[a-z]+$', weight: 0.5, of: [1, 'x'], none: null, 'odd "key"\n': true }];
  const pod = (owner: string): object => {
    const review = podOf(['a']) as { object: { metadata: object } };
    return { ...review, object: { ...review.object, metadata: { ...review.object.metadata, labels: { owner } } } };
  };
  const results = await trials.tested(
    { rule, parameters: { labels, name: ['a', 'b'], count: 3 } },
    pod('web'),
    pod('UP'),
  );
  expect(results.map(({ allowed }) => allowed)).toEqual([true, false]);
});

describe('rules of the library', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const proxies = [
    { name: 'istio-proxy', image: 'docker.io/istio/proxyv2' },
    { name: 'linkerd-proxy', image: 'cr.l5d.io/linkerd/proxy' },
  ];

  test.for([
    ['allowed-registries', { registries: ['ghcr.io/acme/'] }, 'ghcr.io/acme/app:1', 'docker.io/istio/proxyv2:1'],
    ['require-digest', {}, `ghcr.io/acme/app@${digest}`, 'docker.io/istio/proxyv2:1'],
    ['no-latest-tag', {}, 'ghcr.io/acme/app:1', 'docker.io/istio/proxyv2'],
  ] as const)('%s leaves out what a mesh injects', async ([name, parameters, good, bad]) => {
    const initContainers = [{ name: 'istio-init', image: 'docker.io/istio/proxyv2' }];
    const results = await trials.tested(
      library(name, parameters),
      podOf([good], { initContainers }, proxies),
      podOf([good, bad], { initContainers }, proxies),
    );
    expect(results.map(({ allowed }) => allowed)).toEqual([true, false]);
  });

  test('the others leave out what a mesh injects, too', async () => {
    const own = { name: 'a', image: 'a', securityContext: { readOnlyRootFilesystem: true }, readinessProbe: {} };
    for (const name of ['read-only-root-filesystem', 'require-probes']) {
      const results = await trials.tested(library(name), podOf([], {}, [own, ...proxies]), podOf(['a'], {}, proxies));
      expect(results.map(({ allowed }) => allowed)).toEqual([true, false]);
    }
  });

  test('block-images finds every spelling of an image, wherever it is', async () => {
    const images = ['registry.example/app:1.2.3', 'nginx:1.27', digest, 'ghcr.io/evil/'];
    const spellings = [
      'registry.example/app:1.2.3',
      `registry.example/app:1.2.3@sha256:${'b'.repeat(64)}`,
      'registry.example:443/app:1.2.3',
      'Registry.Example/app:1.2.3',
      'nginx:1.27',
      'library/nginx:1.27',
      'docker.io/nginx:1.27',
      'docker.io/library/nginx:1.27',
      'index.docker.io/library/nginx:1.27',
      'registry-1.docker.io/library/nginx:1.27',
      `anything@${digest}`,
      `anything:1@${digest}`,
      'ghcr.io/evil/a/b',
    ];
    const harmless = ['registry.example/app:1.2.4', 'registry.example:5000/app:1.2.3', 'nginx', 'acme/nginx:1.27'];
    const results = await trials.tested(
      library('block-images', { images }),
      ...[...spellings, ...harmless].map((image) => podOf([image])),
      podOf(['a'], { volumes: [{ name: 'v', image: { reference: 'nginx:1.27' } }] }),
      podOf(['a'], {}, [{ name: 'istio-proxy', image: 'nginx:1.27' }]),
      podOf(['a'], { ephemeralContainers: [{ name: 'e', image: 'nginx:1.27' }] }),
    );
    const refused = [...spellings, ...harmless, 'volume', 'proxy', 'ephemeral'].filter(
      (_, at) => !results[at]?.allowed,
    );
    expect(refused).toEqual([...spellings, 'volume', 'proxy', 'ephemeral']);
  });

  test('a registry is allowed by its name for images that do not say it', async () => {
    const images = ['nginx:1', 'acme/app', 'docker.io/x/y', 'index.docker.io/x/y', 'quay.io/x:1', 'localhost/x'];
    const results = await trials.tested(
      library('allowed-registries', { registries: ['docker.io/'] }),
      ...images.map((image) => podOf([image])),
    );
    expect(images.filter((_, index) => results[index]?.allowed)).toEqual(images.slice(0, 4));
  });
});

test('Rego v0 is converted, shown as it is stored, and judged', async () => {
  const body = { rule: rego(v0), parameters: { repos: ['ghcr.io/acme/'] } };
  const { id, ...answer } = await trials.accepted(body);
  expect(answer).toMatchObject({
    rule: { rego: { source: expect.stringContaining('violation contains {"msg": msg} if {') as string } },
    warnings: [expect.stringContaining('Rego v0') as string],
  });
  expect(await trials.bulkhead.api.get(`/v1/policies/${id}`)).toMatchObject({ rule: answer['rule'], warnings: [] });
  const again = await trials.bulkhead.api.send('PUT', `/v1/policies/${id}`, {
    target: { all: true },
    mode: 'audit',
    ...body,
  });
  expect(again).toMatchObject({ status: 409, body: { code: 'policy.unchanged' } });
  const results = await trials.testedBy(id, ...['ghcr.io/acme/a', 'trusted', 'evil'].map((image) => podOf([image])));
  expect(results.map(({ violations }) => violations)).toEqual([[], [], ['evil is not allowed.']]);
});

test('libraries are kept, in either version of Rego', async () => {
  const lib = 'package lib.hosts\n\nis_bad(pod) {\n  pod.spec.hostNetwork\n}\n';
  const source =
    'package a\nimport data.lib.hosts\nviolation contains {"msg": "no"} if { hosts.is_bad(input.review.object) }\n';
  const body = { rule: rego(source, { libs: [lib] }) };
  const { rule } = await trials.accepted(body);
  expect(rule).toMatchObject({ rego: { source, libs: [expect.stringContaining('is_bad(pod) if {') as string] } });
  const results = await trials.tested(body, podOf(['a'], { hostNetwork: true }), podOf(['a']));
  expect(results.map(({ allowed }) => allowed)).toEqual([false, true]);
});

test('the spellings of images in CEL are those of everything else', async () => {
  const hosts = [
    '',
    'localhost/',
    'localhost:80/',
    'docker.io/',
    'index.docker.io/',
    'Acme/',
    'a.b:443/',
    'a.b:80/',
    'a.b:8443/',
    'A.b/',
    'a/',
  ];
  const names = ['x', 'library/x', 'x/y', 'x.y/z', 'sha256'];
  const tags = ['', ':1', ':latest', ':V1.2_3-a'];
  const digests = ['', `@sha256:${'a'.repeat(64)}`, `@sha512:${'b'.repeat(128)}`];
  const all = hosts.flatMap((host) =>
    names.flatMap((name) => tags.flatMap((tag) => digests.map((digest) => `${host}${name}${tag}${digest}`))),
  );
  const images = [...new Set([...all, `sha256:${'a'.repeat(64)}`, 'x@', 'x:y@z@w'])];
  const rule = cel({
    variables: [{ name: 'images', expression: imageSpellings('object.spec.containers.map(c, c.image)') }],
    validations: [
      { expression: 'false', message: 'No.', messageExpression: "variables.images.map(i, i.join(' ')).join(',')" },
    ],
  });
  const groups = Array.from({ length: Math.ceil(images.length / 10) }, (_, at) => images.slice(at * 10, at * 10 + 10));
  const results = await trials.tested({ rule }, ...groups.map((group) => podOf(group)));
  const found = results.flatMap(({ violations }) => (violations[0] ?? '').split(','));
  // The message is trimmed.
  expect(found.map((each) => each.trim())).toEqual(images.map((image) => spellingsOf(image).join(' ').trim()));
});
