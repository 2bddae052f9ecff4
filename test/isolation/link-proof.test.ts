import {
  type KubernetesObject,
  type NetworkAnswer,
  networkAnswers,
  openPaths,
  Policies,
  renderNetwork,
  samplePorts,
  tenantPlace,
  type TenantInput,
  pathsOverLink,
} from '#isolation';
import { describe, expect, test } from 'vitest';

import { inMesh, linkBetween, meshKinds } from './meshes.js';
import { builtInPlan, tenant } from './tenants.js';

const acme = tenant('acme', builtInPlan('team'), ['main', 'dev']);
const beta = tenant('beta', builtInPlan('team'), ['main', 'dev']);
const link = linkBetween(acme, beta);
const linked = (each: TenantInput): TenantInput => ({ ...each, links: [link] });
const [provider, consumer] = [linked(acme), linked(beta)];

/** Returns the failures of an isolation check. */
const faults = (own: TenantInput, live: readonly KubernetesObject[], other: TenantInput): NetworkAnswer[] =>
  networkAnswers(own, live, [other]).crossing.filter(({ wanted, found }) => wanted !== found);
/** Replaces the spec of objects whose name has the given suffix. */
const changed = (objects: readonly KubernetesObject[], name: string, spec: object): KubernetesObject[] =>
  objects.map((object) => (object.metadata.name.endsWith(name) ? { ...object, spec } : object));

describe('the proof', () => {
  test.each([null, ...meshKinds])('finds on each side only what the link names (mesh: %s)', (kind) => {
    const [own, other] = [provider, consumer].map((each) => (kind === null ? each : inMesh(each, kind)));
    if (own === undefined || other === undefined) throw new Error('two tenants');
    expect(faults(own, renderNetwork(own), other)).toEqual([]);
    expect(faults(other, renderNetwork(other), own)).toEqual([]);
    const open = networkAnswers(own, renderNetwork(own), [other]).crossing.filter(({ found }) => found);
    expect(new Set(open.map((answer) => `${answer.direction} ${answer.link ?? ''}`))).toEqual(
      new Set([`inbound ${link.id}`]),
    );
  });

  test('fails if the link opens too much, is missing, or has ended', () => {
    const objects = renderNetwork(provider);
    const ingress = [{ from: [{ namespaceSelector: {} }] }];
    const all = changed(objects, '-provider', { podSelector: {}, policyTypes: ['Ingress'], ingress });
    expect(faults(provider, all, consumer).length).toBeGreaterThan(0);
    const without = objects.filter(({ metadata }) => !metadata.name.endsWith('-provider'));
    const kinds = (found: NetworkAnswer[]): Set<string> =>
      new Set(found.map((each) => `${each.direction} ${each.port.port} ${String(each.wanted)} ${each.link ?? ''}`));
    expect(kinds(faults(provider, without, consumer))).toEqual(new Set([`inbound 8080 true ${link.id}`]));
    // Leftovers of an ended link show which pods it opened.
    expect(kinds(faults(acme, objects, beta))).toEqual(new Set(['inbound 8080 false ']));
    expect(kinds(faults(beta, renderNetwork(consumer), provider))).toEqual(new Set(['outbound 8080 false ']));
  });

  test('judges only the tenant’s own side if the addresses of pods are unknown', () => {
    const unknown = (each: TenantInput): TenantInput => ({ ...each, cluster: { ...each.cluster, podCidrs: [] } });
    const [own, other] = [unknown(consumer), unknown(provider)];
    expect(faults(own, renderNetwork(own), other)).toEqual([]);
  });

  test('expects a link to be closed while the tenant is cut off', () => {
    const held = { ...provider, restriction: { suspended: false, quarantined: true } };
    expect(faults(held, renderNetwork(held), consumer)).toEqual([]);
  });
});

test('reachability lists the pods and the port that a link opens, and the rules that open them', () => {
  const policies = Policies.read([...renderNetwork(provider), ...renderNetwork(consumer)]);
  const places = [provider, consumer].map((each) => tenantPlace(each, each.cluster));
  const { ports } = samplePorts(policies);
  const paths = pathsOverLink(policies, link, places, ports);
  expect(new Set(paths.map(({ endpoint }) => endpoint))).toEqual(new Set(['pod of the Service api in tn-acme']));
  expect(new Set(paths.map(({ namespace }) => namespace))).toEqual(new Set(['tn-beta']));
  expect(paths.flatMap((path) => path.ports)).toEqual(paths.map(() => ({ protocol: 'TCP', port: 8080 })));
  expect(paths[0]?.ingress.because.map(({ object }) => object.name)).toContain(`${link.id.replace('_', '-')}-provider`);
  const crossings = openPaths(policies, places, ports).links.filter(({ from, to }) => from !== to);
  expect(crossings).toMatchObject([{ from: beta.id, to: acme.id, complete: false }]);
});
