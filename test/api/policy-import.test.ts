import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';

import { type ApiClient } from '../support/api-client.js';
import { newSlug } from '../support/bulkhead.js';
import { yamlOf } from '../support/gatekeeper-shape.js';
import { templateTrials } from '../support/gatekeeper-templates.js';
import { podOf, PolicyTrials } from '../support/policies.js';
import { unless } from '../support/requirements.js';

let trials: PolicyTrials;
beforeAll(async () => {
  trials = await PolicyTrials.start();
});
afterAll(() => trials.bulkhead.stop());

type Answer = Awaited<ReturnType<ApiClient['send']>>;

const yaml = (...objects: object[]): string => objects.map((object) => stringify(object)).join('---\n');

function send(text: string, preview = false): Promise<Answer> {
  const body = { yaml: text, target: { all: true }, ...(preview ? {} : { id: newSlug('policy') }) };
  return trials.bulkhead.api.send('POST', `/v1/policies/import${preview ? '/preview' : ''}`, body);
}

/** Imports a policy and tests it against writes, and forgets it. */
async function tested(text: string, ...reviews: object[]): Promise<boolean[]> {
  const answer = await send(text);
  expect(answer.status, `${JSON.stringify(answer.body)}\n${text}`).toBe(202);
  const id = String(answer.body['id']);
  const results = await trials.testedBy(id, ...reviews);
  await trials.bulkhead.database.query('DELETE FROM policies WHERE id = $1', [id]);
  return results.map(({ allowed }) => allowed);
}

const constraint = (spec: object): object => ({
  apiVersion: 'constraints.gatekeeper.sh/v1beta1',
  kind: 'K8sHosts',
  metadata: { name: 'no-hosts' },
  spec,
});
const template = {
  apiVersion: 'templates.gatekeeper.sh/v1',
  kind: 'ConstraintTemplate',
  metadata: { name: 'k8shosts', annotations: { description: 'No host network.' } },
  spec: {
    crd: {
      spec: {
        names: { kind: 'K8sHosts' },
        validation: { openAPIV3Schema: { properties: { message: { type: 'string', default: 'Not here.' } } } },
      },
    },
    targets: [
      {
        target: 'admission.k8s.gatekeeper.sh',
        rego: 'package hosts\n\nviolation[{"msg": msg}] {\n  input.review.object.spec.hostNetwork\n  msg := input.parameters.message\n}\n',
      },
    ],
  },
};
const kinds = [{ apiGroups: [''], kinds: ['Pod'] }];
const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
const admissionPolicy = (spec: object): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'few-containers.example.com' },
  spec: { failurePolicy: 'Fail', matchConstraints: { resourceRules }, ...spec },
});
const binding = (spec: object = {}): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: 'few-containers' },
  spec: { policyName: 'few-containers.example.com', validationActions: ['Deny', 'Audit'], ...spec },
});
const kyverno = (spec: object): object => ({
  apiVersion: 'policies.kyverno.io/v1',
  kind: 'ValidatingPolicy',
  metadata: { name: 'no-host-network' },
  spec: { validationActions: ['Audit'], matchConstraints: { resourceRules }, ...spec },
});
const validations = [{ expression: 'object.spec.?hostNetwork.orValue(false) == false', message: 'No.' }];

test('there are forty templates in the shapes of the public library', () => {
  expect(templateTrials.length).toBeGreaterThanOrEqual(40);
});

test.for(templateTrials.map((trial) => [trial.name, trial] as const))(
  'the template %s is converted, admits what it admitted and refuses what it refused',
  async ([, trial]) => {
    const review = (object: object): object => ({ resource: 'any', object });
    expect(await tested(yamlOf(trial), review(trial.good), review(trial.bad))).toEqual([true, false]);
  },
);

describe('a policy is imported', () => {
  test('from a Gatekeeper template and its constraint, with defaults of its parameters', async () => {
    const text = yaml(template, constraint({ match: { kinds, excludedNamespaces: ['kube-system'] } }));
    const preview = await send(text, true);
    expect(preview).toMatchObject({
      status: 200,
      body: {
        id: 'no-hosts',
        description: 'No host network.',
        mode: 'enforce',
        parameters: { message: 'Not here.' },
        rule: { rego: { source: expect.stringContaining('violation contains') as string } },
        warnings: [expect.stringContaining('kube-system') as string, expect.stringContaining('Rego v0') as string],
      },
    });
    expect((await trials.bulkhead.api.send('GET', '/v1/policies/no-hosts')).status).toBe(404);
    expect(await tested(text, podOf(['a']), podOf(['a'], { hostNetwork: true }))).toEqual([true, false]);
  });

  test('from a ValidatingAdmissionPolicy, its binding and its parameters', async () => {
    const paramKind = { apiVersion: 'rules.example.com/v1', kind: 'Limit' };
    const policy = admissionPolicy({
      paramKind,
      matchConditions: [{ name: 'not-system', expression: "object.metadata.name != 'params'" }],
      variables: [{ name: 'count', expression: 'size(object.spec.containers)' }],
      validations: [
        {
          expression: 'variables.count <= params.most && params.names.all(params, params != object.metadata.name)',
          messageExpression: "'At most ' + string(params.most)",
        },
      ],
    });
    const params = { ...paramKind, metadata: { name: 'limit' }, most: 1, names: ['x'] };
    const text = yaml(policy, binding({ paramRef: { name: 'limit', parameterNotFoundAction: 'Deny' } }), params);
    const named = podOf(['a', 'b']) as { object: { metadata: object } };
    const exempt = { ...named, object: { ...named.object, metadata: { name: 'params' } } };
    expect(await tested(text, podOf(['a']), podOf(['a', 'b']), exempt)).toEqual([true, false, true]);
  });

  test('from a ValidatingPolicy of Kyverno', async () => {
    const text = yaml(kyverno({ validations, evaluation: { background: { enabled: true } } }));
    expect(await send(text, true)).toMatchObject({
      status: 200,
      body: { mode: 'audit', warnings: expect.arrayContaining([expect.stringContaining('autogen')]) as string[] },
    });
    expect(await tested(text, podOf(['a']), podOf(['a'], { hostNetwork: true }))).toEqual([true, false]);
  });
});

describe('what cannot be carried over is refused with its line', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['text that is no YAML', 'a: [1', /^\d+:\d+: /],
    ['nothing', '# nothing', /Must have a ConstraintTemplate/],
    ['another kind', yaml({ apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy' }), /^1:1: ClusterPolicy/],
    ['a template alone', yaml(template), /^1:1: .*constraint must be in the text/],
    ['two constraints', yaml(template, constraint({}), constraint({})), /one policy at a time/],
    [
      'a selector of namespaces',
      yaml(template, constraint({ match: { kinds, namespaceSelector: {} } })),
      /^\d\d:\d+: K8sHosts \/spec\/match\/namespaceSelector/,
    ],
    [
      'tenants that are left out',
      yaml(template, constraint({ match: { kinds, excludedNamespaces: ['tn-a'] } })),
      /excludedNamespaces: .*target/,
    ],
    ['an unknown action', yaml(template, constraint({ enforcementAction: 'scoped' })), /\/spec\/enforcementAction/],
    [
      'a kind that does not exist',
      yaml(template, constraint({ match: { kinds: [{ apiGroups: [''], kinds: ['pods'] }] } })),
      /\/spec\/match\/kinds\/0\/kinds\/0: .*"Pod"/,
    ],
    [
      'deletions',
      yaml(
        admissionPolicy({
          validations,
          matchConstraints: { resourceRules: [{ ...resourceRules[0], operations: ['DELETE'] }] },
        }),
        binding(),
      ),
      /operations\/0: .*CREATE and UPDATE/,
    ],
    [
      'a policy that allows what it cannot evaluate',
      yaml(admissionPolicy({ validations, failurePolicy: 'Ignore' }), binding()),
      /\/spec\/failurePolicy/,
    ],
    [
      'annotations of the audit',
      yaml(admissionPolicy({ validations, auditAnnotations: [] }), binding()),
      /\/spec\/auditAnnotations/,
    ],
    [
      'parameters that are not there',
      yaml(admissionPolicy({ validations, paramKind: {} }), binding({ paramRef: { name: 'x' } })),
      /\/spec\/paramRef/,
    ],
    [
      'a binding to some namespaces',
      yaml(admissionPolicy({ validations }), binding({ matchResources: {} })),
      /\/spec\/matchResources/,
    ],
    ['JSON of anything', yaml(kyverno({ validations, evaluation: { mode: 'JSON' } })), /\/spec\/evaluation\/mode/],
  ];
  test.for(cases)('%s', async ([, text, detail]) => {
    expect(await send(text)).toMatchObject({
      status: 400,
      body: {
        code: 'request.invalid',
        errors: [{ pointer: '/yaml', detail: expect.stringMatching(detail) as string }],
      },
    });
  });

  test('functions that only Kyverno has', async () => {
    const text = yaml(kyverno({ validations: [{ expression: 'http.Get("http://a").ok', message: 'No.' }] }));
    const detail = expect.stringMatching(
      /^\d+:\d+: ValidatingPolicy \/spec\/validations\/0\/expression: 1:1: .*http/,
    ) as string;
    expect(await send(text)).toMatchObject({
      status: 422,
      body: { code: 'policy.rule_invalid', errors: [{ pointer: '/yaml', detail }, { pointer: '/yaml' }] },
    });
  });

  test('Rego that reads what policies cannot see', async () => {
    const rego = 'package a\n\nviolation[{"msg": "no"}] {\n  data.inventory.namespace[_]\n}\n';
    const targets = [{ target: 'admission.k8s.gatekeeper.sh', rego }];
    const text = yaml({ ...template, spec: { ...template.spec, targets } }, constraint({ match: { kinds } }));
    const detail = expect.stringMatching(/ConstraintTemplate \/spec\/targets\/0\/rego: 4:3: data\.inventory/) as string;
    expect(await send(text)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/yaml', detail }] } });
  });
});

const folder = process.env['GATEKEEPER_LIBRARY'] ?? '';
const missingLibrary = {
  reason: 'The public library of Gatekeeper is not here.',
  remedy: 'Clone open-policy-agent/gatekeeper-library and set GATEKEEPER_LIBRARY to its folder "library".',
};

test(
  'the templates of the public library are converted, or refused for a reason',
  unless(existsSync(folder) ? null : missingLibrary),
  async () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => path.basename(file) === 'template.yaml' && existsSync(path.join(folder, path.dirname(file), 'samples')),
    );
    expect(files.length).toBeGreaterThan(0);
    const refused: string[] = [];
    for (const file of files) {
      const samples = path.join(folder, path.dirname(file), 'samples');
      const found = readdirSync(samples, { recursive: true, encoding: 'utf8' }).find((each) =>
        each.endsWith('constraint.yaml'),
      );
      if (found === undefined) continue;
      const text = [file, path.relative(folder, path.join(samples, found))]
        .map((each) => readFileSync(path.join(folder, each), 'utf8'))
        .join('\n---\n');
      const { status, body } = await send(text, true);
      if (status !== 200) refused.push(`${file}: ${String(body['detail'])}`);
      expect([200, 400, 422], `${file}: ${JSON.stringify(body)}`).toContain(status);
    }
    // Rules that compare an object with others need Gatekeeper's inventory of the whole cluster.
    const unexplained = refused.filter((each) => !/data\.inventory|target of the policy|CREATE and UPDATE/.test(each));
    expect(unexplained).toEqual([]);
  },
);
