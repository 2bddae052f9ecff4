import { expect, test } from 'vitest';

import { builtInPlans } from './built-in-plans.js';
import { planSpecSchema } from './plan-spec.js';
import { readPlanSpec } from './stored-spec.js';

const quota = { cpu: '1', memory: '1Gi' };

test.each(builtInPlans.map(({ id, spec }) => [id, spec] as const))('%s is read as it was stored', (_, spec) => {
  const stored = planSpecSchema.parse(spec);
  expect(readPlanSpec(JSON.stringify(stored))).toEqual(stored);
});

test('a spec that is older than a member of plans gets its default', () => {
  const { drift, routing, links, ...old } = planSpecSchema.parse({ quota, environments: { max: 3 } });
  expect(readPlanSpec(JSON.stringify(old))).toEqual({ ...old, drift, routing, links });
  const { waypoint, ...mesh } = old.mesh;
  expect(readPlanSpec(JSON.stringify({ ...old, mesh })).mesh.waypoint).toBe(waypoint);
});

test('a spec that the schema refuses stays in force, with what it lacks', () => {
  const { drift, ...old } = planSpecSchema.parse({ quota });
  const newer = { ...old, quota: { ...old.quota, pods: -1 }, ofANewerRelease: true };
  expect(readPlanSpec(JSON.stringify(newer))).toEqual({ ...newer, drift });
  const { allowCidrs, healthCheckNodePorts, ...network } = newer.network;
  const open = { ...newer, network: { ...network, allowCidrs: ['64:ff9b::/96'] } };
  const { network: read } = readPlanSpec(JSON.stringify(open));
  expect(read).toEqual({ ...open.network, healthCheckNodePorts });
  expect(allowCidrs).toEqual([]);
});

test('members of billing are read under the names that they had', () => {
  const { billing, ...rest } = planSpecSchema.parse({ quota });
  const old = { graceDays: 3, suspendedRetentionDays: 90, priceLookupKeys: billing.priceLookupKeys };
  const expected = { paymentGraceDays: 3, deletionRetentionDays: 90, priceLookupKeys: [] };
  expect(readPlanSpec(JSON.stringify({ ...rest, billing: old })).billing).toEqual(expected);
  const refused = { ...rest, ofANewerRelease: true, billing: old };
  expect(readPlanSpec(JSON.stringify(refused)).billing).toEqual(expected);
  expect(planSpecSchema.safeParse({ quota, billing: old }).success).toBe(false);
});

test('one text is parsed once, and nobody can change what all share', () => {
  const text = JSON.stringify({ quota });
  const spec = readPlanSpec(text);
  expect(readPlanSpec(text)).toBe(spec);
  expect(() => {
    spec.images.registries.push('evil/');
  }).toThrow(TypeError);
});
