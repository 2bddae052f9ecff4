import {
  type KubernetesObject,
  type NetworkAnswer,
  networkAnswers,
  openLinks,
  Policies,
  renderNetwork,
  samplePorts,
  tenantPlace,
  type TenantInput,
  waysOverLink,
} from '#isolation';
import { describe, expect, test } from 'vitest';

import { inMesh, linkBetween, meshKinds } from './meshes.js';
import { builtInPlan, tenant } from './tenants.js';

const acme = tenant('acme', builtInPlan('team'), ['main', 'dev']);
const beta = tenant('beta', builtInPlan('team'), ['main', 'dev']);
const link = linkBetween(acme, beta);
const linked = (each: TenantInput): TenantInput => ({ ...each, links: [link] });
const [provider, consumer] = [linked(acme), linked(beta)];

/** What an isolation check would fail with. */
const faults = (own: TenantInput, live: readonly KubernetesObject[], other: TenantInput): NetworkAnswer[] =>
  networkAnswers(own, live, [other]).crossing.filter(({ wanted, found }) => wanted !== found);
/** The same objects, of which those of a kind of name are changed. */
const changed = (objects: readonly KubernetesObject[], name: string, spec: object): KubernetesObject[] =>
  objects.map((object) => (object.metadata.name.endsWith(name) ? { ...object, spec } : object));

describe('the proof', () => {
  test.each([null, ...meshKinds])('finds on each side what the link names, and nothing else (mesh: %s)', (kind) => {
    const [own, other] = [provider, consumer].map((each) => (kind === null ? each : inMesh(each, kind)));
    if (own === undefined || other === undefined) throw new Error('two tenants');
    expect(faults(own, renderNetwork(own), other)).toEqual([]);
    expect(faults(other, renderNetwork(other), own)).toEqual([]);
    const open = networkAnswers(own, renderNetwork(own), [other]).crossing.filter(({ found }) => found);
    expect(new Set(open.map((answer) => `${answer.direction} ${answer.link ?? ''}`))).toEqual(
      new Set([`inbound ${link.id}`]),
    );
  });

  test('fails when the link opens more than was agreed, is missing, or has ended', () => {
    const objects = renderNetwork(provider);
    const ingress = [{ from: [{ namespaceSelector: {} }] }];
    const all = changed(objects, '-provider', { podSelector: {}, policyTypes: ['Ingress'], ingress });
    expect(faults(provider, all, consumer).length).toBeGreaterThan(0);
    const without = objects.filter(({ metadata }) => !metadata.name.endsWith('-provider'));
    const kinds = (found: NetworkAnswer[]): Set<string> =>
      new Set(found.map((each) => `${each.direction} ${each.port.port} ${String(each.wanted)} ${each.link ?? ''}`));
    expect(kinds(faults(provider, without, consumer))).toEqual(new Set([`inbound 8080 true ${link.id}`]));
    // What is left of a link that has ended tells itself which pods it leads to.
    expect(kinds(faults(acme, objects, beta))).toEqual(new Set(['inbound 8080 false ']));
    expect(kinds(faults(beta, renderNetwork(consumer), provider))).toEqual(new Set(['outbound 8080 false ']));
  });

  test('holds the tenant to its own side where nobody knows the addresses of pods', () => {
    const unknown = (each: TenantInput): TenantInput => ({ ...each, cluster: { ...each.cluster, podCidrs: [] } });
    const [own, other] = [unknown(consumer), unknown(provider)];
    expect(faults(own, renderNetwork(own), other)).toEqual([]);
  });

  test('expects nothing of a link while the tenant is cut off', () => {
    const held = { ...provider, restriction: { suspended: false, quarantined: true } };
    expect(faults(held, renderNetwork(held), consumer)).toEqual([]);
  });
});

test('reachability names the pods and the port that a link opens, and what opens them', () => {
  const policies = Policies.read([...renderNetwork(provider), ...renderNetwork(consumer)]);
  const places = [provider, consumer].map((each) => tenantPlace(each, each.cluster));
  const { ports } = samplePorts(policies);
  const ways = waysOverLink(policies, link, places, ports);
  expect(new Set(ways.map(({ endpoint }) => endpoint))).toEqual(new Set(['pod of the Service api in tn-acme']));
  expect(new Set(ways.map(({ namespace }) => namespace))).toEqual(new Set(['tn-beta']));
  expect(ways.flatMap((way) => way.ports)).toEqual(ways.map(() => ({ protocol: 'TCP', port: 8080 })));
  expect(ways[0]?.ingress.because.map(({ object }) => object.name)).toContain(`${link.id.replace('_', '-')}-provider`);
  const crossings = openLinks(policies, places, ports).links.filter(({ from, to }) => from !== to);
  expect(crossings).toMatchObject([{ from: beta.id, to: acme.id, complete: false }]);
});
