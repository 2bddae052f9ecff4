import { type IdPrefix } from '#persistence';

import { EXAMPLE_IDS, resourceId } from '../http/resource-id.js';
import { type JsonSchema } from './json-schema.js';
import { type Parameter } from './parameters.js';
import { pascal } from './pascal.js';

interface PathParameter {
  description: string;
  schema: JsonSchema;
  example: string | number;
}

const byId = (kind: IdPrefix, noun: string): PathParameter => ({
  description: `Id of the ${noun}.`,
  schema: { type: 'string', pattern: resourceId(kind).source, maxLength: 64 },
  example: EXAMPLE_IDS[kind],
});
const named = (description: string, example: string, maxLength: number, pattern: string): PathParameter => ({
  description,
  schema: { type: 'string', minLength: 1, maxLength, pattern },
  example,
});
const label = '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$';

/** The parameter after each segment of a path. */
const bySegment: Readonly<Record<string, PathParameter>> = {
  tenants: byId('tenant', 'tenant'),
  'by-external-id': named('External id of the tenant, percent-encoded.', 'cus_123', 200, '^[^\\u0000-\\u001f]+$'),
  operations: byId('op', 'operation'),
  holds: byId('hold', 'hold'),
  members: byId('member', 'member'),
  invitations: byId('invitation', 'invitation'),
  'isolation-checks': byId('check', 'isolation check'),
  links: byId('link', 'link'),
  quarantine: byId('quarantine', 'quarantine'),
  rollouts: byId('rollout', 'rollout'),
  shifts: byId('shift', 'shift'),
  clusters: byId('cluster', 'cluster'),
  'api-keys': byId('key', 'API key'),
  roles: named('Name of the role.', 'support', 63, label),
  plans: named('Id of the plan.', 'team', 40, label),
  policies: named('Id of the policy.', 'block-cve', 40, label),
  'network-rules': byId('rule', 'network rule'),
  routes: named('Name of the route.', 'shop', 56, label),
  hosts: named('The host.', 'shop.acme.example', 253, '^[a-z0-9.-]+$'),
  versions: {
    description: 'Number of the version, from 1.',
    schema: { type: 'integer', format: 'int32', minimum: 1, maximum: 999_999_999 },
    example: 1,
  },
};

/**
 * Returns every parameter of a path, however its handler reads it, by the name under which the document keeps it.
 * @throws if nothing is known about one
 */
export function pathParameters(path: string): Record<string, Parameter> {
  const segments = path.split('/');
  const found = segments.flatMap((segment, index): [string, Parameter][] => {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) return [];
    const before = segments[index - 1] ?? '';
    const declared = bySegment[before];
    if (declared === undefined) throw new Error(`Nothing declares the parameter {${name}} of ${path}.`);
    return [[`${pascal(before)}-${name}`, { name, in: 'path', required: true, ...declared }]];
  });
  return Object.fromEntries(found);
}
