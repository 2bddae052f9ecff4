import { describe, expect, test } from 'vitest';

import { type BaselinePart, joined } from './joined-policy.js';

const policy = { name: 'bulkhead-example', rules: [], conditions: [] };
const rules: BaselinePart['rules'] = [{ apiGroups: [''], resources: ['services'], operations: ['CREATE'] }];
const closed: BaselinePart = { name: 'no-services', rules, validations: [{ expression: 'false', message: 'No.' }] };

interface Spec {
  variables: { name: string; expression: string }[];
  validations: { expression: string }[];
}

const specOf = (parts: readonly BaselinePart[]): Spec => (joined(policy, parts)[0] as unknown as { spec: Spec }).spec;

describe('a joined policy', () => {
  test('asks each part only about its own kinds, operations and conditions', () => {
    const { variables, validations } = specOf([
      closed,
      {
        name: 'scaled',
        rules: [{ apiGroups: ['apps'], resources: ['deployments', 'deployments/scale'], operations: ['UPDATE'] }],
        conditions: [{ name: 'big', expression: 'object.spec.replicas > 1' }],
        variables: [{ name: 'most', expression: '9' }],
        validations: [{ expression: 'object.spec.replicas <= variables.most', message: 'Too many.' }],
      },
    ]);
    const own = "request.?subResource.orValue('')";
    expect(variables).toEqual([
      {
        name: 'isNoServices',
        expression:
          "((request.resource.group in [''] && ((request.resource.resource in ['services'] && " +
          `${own} == '')) && request.operation in ['CREATE']))`,
      },
      {
        name: 'isScaled',
        expression:
          "((request.resource.group in ['apps'] && ((request.resource.resource in ['deployments'] && " +
          `${own} == '') || (request.resource.resource == 'deployments' && ${own} == 'scale')) && ` +
          "request.operation in ['UPDATE'])) && (object.spec.replicas > 1)",
      },
      { name: 'most', expression: '9' },
    ]);
    expect(validations.map(({ expression }) => expression)).toEqual([
      '!variables.isNoServices',
      '!variables.isScaled || (object.spec.replicas <= variables.most)',
    ]);
  });

  test('gives no variable two meanings', () => {
    const defining = (name: string, expression: string): BaselinePart => ({
      ...closed,
      name,
      variables: [{ name: 'hosts', expression }],
    });
    expect(specOf([defining('a', '1'), defining('b', '1')]).variables.map(({ name }) => name)).toEqual([
      'isA',
      'hosts',
      'isB',
    ]);
    expect(() => joined(policy, [defining('a', '1'), defining('b', '2')])).toThrow('the variable hosts');
    expect(() => joined(policy, [closed, closed])).toThrow('two parts no-services');
  });
});
