import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { anyPod, cel, library, podsOnly, PolicyTrials, rego } from '../support/policies.js';

let trials: PolicyTrials;
beforeAll(async () => {
  trials = await PolicyTrials.start();
});
afterAll(() => trials.bulkhead.stop());

const celMatch = (match: object): object => cel({ match: [{ ...podsOnly, ...match }] });

describe('a rule that the cluster would refuse, or that could match nothing, is refused at its place', () => {
  test.for([
    ['a message with a line break', cel({ validations: [{ ...anyPod, message: 'a\nb' }] }), '/validations/0/message'],
    ['a blank expression', cel({ validations: [{ ...anyPod, expression: ' \n' }] }), '/validations/0/expression'],
    ['a variable with a hyphen', cel({ variables: [{ name: 'a-b', expression: '1' }] }), '/variables/0/name'],
    ...['namespace', 'package', 'return', 'for', 'in', 'true', 'null', 'loop', 'parameters'].map(
      (name) => [`a variable "${name}"`, cel({ variables: [{ name, expression: '1' }] }), '/variables/0/name'] as const,
    ),
    [
      'a variable that is defined twice',
      cel({ variables: ['a', 'a'].map((name) => ({ name, expression: '1' })) }),
      '/variables/1/name',
    ],
    ['a star beside other groups', celMatch({ apiGroups: ['*', 'apps'] }), '/match/0/apiGroups/0'],
    ['a star beside other resources', celMatch({ resources: ['*', 'pods'] }), '/match/0/resources/0'],
    ['everything beside something', celMatch({ resources: ['pods', '*/*'] }), '/match/0/resources/1'],
    ['a part beside all parts', celMatch({ resources: ['pods/*', 'pods/status'] }), '/match/0/resources/1'],
    ['an empty name', celMatch({ resources: [''] }), '/match/0/resources/0'],
    ['a singular', celMatch({ resources: ['pod'] }), '/match/0/resources/0'],
    ['a kind', celMatch({ resources: ['Pod'] }), '/match/0/resources/0'],
    ['an abbreviation', celMatch({ apiGroups: ['apps'], resources: ['deploy'] }), '/match/0/resources/0'],
    ['a resource of another group', celMatch({ resources: ['deployments'] }), '/match/0/resources/0'],
    ['a resource outside of namespaces', celMatch({ resources: ['namespaces'] }), '/match/0/resources/0'],
    [
      'a group with a version',
      celMatch({ apiGroups: ['apps/v1'], resources: ['deployments'] }),
      '/match/0/apiGroups/0',
    ],
    ['a version', celMatch({ apiGroups: ['v1'] }), '/match/0/apiGroups/0'],
    ['a group that cannot be', celMatch({ apiGroups: ['app'] }), '/match/0/apiGroups/0'],
    ['a part that nobody writes', celMatch({ resources: ['pods/exec'] }), '/match/0/resources/0'],
    [
      'an operation that a part does not have',
      celMatch({ resources: ['pods/ephemeralcontainers'], operations: ['CREATE'] }),
      '/match/0/resources/0',
    ],
  ] as const)('%s', async ([, rule, pointer]) => {
    const answer = await trials.create({ rule });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'request.invalid', errors: [{ pointer: `/rule/cel${pointer}` }] },
    });
    expect(String(answer.body['detail'])).not.toContain('/^');
  });

  test.for([
    ['a plural in Rego', { apiGroups: [''], kinds: ['pods'] }, 'kinds/0', '"Pod"'],
    ['a kind of another group', { apiGroups: [''], kinds: ['Deployment'] }, 'kinds/0', '"apps"'],
    ['a group with a version', { apiGroups: ['apps/v1'], kinds: ['Deployment'] }, 'apiGroups/0', '"apps"'],
  ] as const)('%s', async ([, match, place, remedy]) => {
    const rule = rego('package a\nviolation contains {"msg": "no"} if { input.review.object }\n', { match: [match] });
    expect(await trials.create({ rule })).toMatchObject({
      status: 400,
      body: {
        detail: expect.stringContaining(remedy) as string,
        errors: [{ pointer: `/rule/rego/match/0/${place}` }],
      },
    });
  });

  test.for([
    [
      'a label with a prefix',
      { target: { labels: { 'example.com/tier': 'gold' } } },
      '/target/labels/example.com~1tier',
    ],
    ['a label that is none', { target: { labels: { tier: 'two words' } } }, '/target/labels/tier'],
    ['a registry without a slash', library('allowed-registries', { registries: ['ghcr.io/acme'] }), '/registries/0'],
    ['an image that is none', library('block-images', { images: ['a:1', 'not an image'] }), '/images/1'],
    ['a digest that is none', library('block-images', { images: ['sha256:12'] }), '/images/0'],
    ['a label key that is none', library('required-labels', { labels: ['a b'] }), '/labels/0'],
    ['a negative number', library('max-replicas', { replicas: -1 }), '/replicas'],
    ['a number that is too large', library('max-replicas', { replicas: 1e21 }), '/replicas'],
    ['a text for a number', library('max-replicas', { replicas: '3' }), '/replicas'],
    ['an item with a comma in CEL', { parameters: { names: ['a', 'b,c'] } }, '/names/1'],
    ['a name that no annotation can have', { parameters: { names_: 'a' } }, '/names_'],
  ] as const)('parameters and targets: %s', async ([, change, place]) => {
    const answer = await trials.create({ rule: cel(), ...change });
    const pointer = place.startsWith('/target') ? place : `/parameters${place}`;
    expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid', errors: [{ pointer }] } });
    expect(String(answer.body['detail'])).not.toMatch(/\/\^|Invalid (key|input)/);
  });

  test('what policies are really about is accepted', async () => {
    for (const match of [
      { apiGroups: ['', 'apps', 'batch'], resources: ['pods', 'deployments', 'jobs'] },
      { resources: ['pods/ephemeralcontainers', 'pods/status', 'pods/*'].slice(0, 2) },
      { apiGroups: ['*'], resources: ['*/scale'] },
      { apiGroups: ['cert-manager.io'], resources: ['certificates'] },
      { apiGroups: ['gateway.networking.k8s.io', 'networking.k8s.io'], resources: ['httproutes', 'ingresses'] },
      { resources: ['pods', '*/status'] },
    ]) {
      await trials.bulkhead.database.query('DELETE FROM policies');
      await trials.accepted({ rule: celMatch(match) });
    }
  });
});

describe('a rule that does not compile is refused at the line of the text that was sent', () => {
  test.for([
    [
      'CEL',
      cel({ validations: [{ ...anyPod, expression: '\n\n  object.x <' }] }),
      '/cel/validations/0/expression',
      /^3:/,
    ],
    [
      'parameters as published policies read them',
      cel({ validations: [{ ...anyPod, expression: 'params.x == 1' }] }),
      '/cel/validations/0/expression',
      /^1:1: .*variables\.parameters/,
    ],
    [
      'a message',
      cel({ validations: [{ ...anyPod, messageExpression: '1 + 1' }] }),
      '/cel/validations/0/messageExpression',
      /string/,
    ],
    [
      'Rego',
      rego('\n\n\npackage x\nviolation contains {"msg": msg} if {\n  input.review.object\n}\n'),
      '/rego/source',
      /^5:/,
    ],
    [
      'Rego v0',
      rego('\n\npackage x\nviolation[{"msg": "no"}] {\n  unknown(input.review)\n}\n'),
      '/rego/source',
      /^5:3: .*v0.*unknown/,
    ],
    [
      'Rego v0 that is broken',
      rego('package x\nviolation[{"msg": "no"}] {\n  startswith(input.review, \n}\n'),
      '/rego/source',
      /^4:1: unexpected/,
    ],
    [
      'a library',
      rego('package x\nviolation contains {"msg": "no"} if { input.review }\n', {
        libs: ['package lib.a\n\nb {\n  c(1)\n}\n'],
      }),
      '/rego/libs/0',
      /^4:/,
    ],
    [
      'a library elsewhere',
      rego('package x\nviolation contains {"msg": "no"} if { input.review }\n', { libs: ['package other\na := 1\n'] }),
      '/rego/libs/0',
      /^1:1: .*lib/,
    ],
    [
      'a rule of another name',
      rego('package x\nviolations contains {"msg": "no"} if { input.review }\n'),
      '/rego/source',
      /its rules are: violations/,
    ],
    [
      'a rule that is no set',
      rego('package x\nviolation := {"msg": "no"} if { input.review }\n'),
      '/rego/source',
      /is no set/,
    ],
    [
      'what a rule cannot see',
      rego('package x\nviolation contains {"msg": "no"} if {\n  data.inventory.a\n}\n'),
      '/rego/source',
      /^3:3: data\.inventory/,
    ],
  ] as const)('%s', async ([, rule, pointer, detail]) => {
    expect(await trials.create({ rule })).toMatchObject({
      status: 422,
      body: {
        code: 'policy.rule_invalid',
        errors: [{ pointer: `/rule${pointer}`, detail: expect.stringMatching(detail) as string }],
      },
    });
  });
});
