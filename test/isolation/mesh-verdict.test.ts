import { type TenantInput } from '#isolation';
import { namespaceName } from '#plans';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { acme, ask, beta, type Caller, evil, link, type Target, type World, world } from './mesh-world.js';
import { linkBetween, meshKinds } from './meshes.js';
import { planWith, tenant } from './tenants.js';

const targets = {
  'a pod': { namespace: 'tn-acme' },
  'an exposed pod': { namespace: 'tn-acme', labels: { 'bulkhead.io/exposed': 'true' } },
  'a pod behind a link': { namespace: 'tn-acme', labels: { app: 'api' } },
} satisfies Record<string, Target>;
type TargetName = keyof typeof targets;
const targetNames = Object.keys(targets) as TargetName[];

/** A web port, the linked one, a database, and two metrics ports. */
const ports = [80, 8080, 5432, 9090, 15_020];
const metricsPorts = [9090, 15_020];

type Rule = (target: TargetName, port: number) => boolean;
const always: Rule = () => true;
const never: Rule = () => false;
const throughLink: Rule = (target, port) => target === 'a pod behind a link' && port === 8080;
const atLink: Rule = (target) => target === 'a pod behind a link';

interface Row {
  caller: Caller;
  /** The verdict of the mesh. */
  mesh: Rule;
  /** The verdict of network policies if they see every port; absent: the same. */
  network?: Rule;
  /** Their verdict if all ports share one tunnel; absent: the same. */
  inTunnel?: Rule;
}

const rows: Record<string, Row> = {
  'a pod of the namespace': { caller: { namespace: 'tn-acme', serviceAccount: 'default' }, mesh: always },
  'a pod of a sibling environment': { caller: { namespace: 'tn-acme-dev', serviceAccount: 'web' }, mesh: always },
  'the account of a link': {
    caller: { namespace: 'tn-beta', serviceAccount: 'client' },
    mesh: throughLink,
    inTunnel: atLink,
  },
  'another account in the namespace of a link': {
    caller: { namespace: 'tn-beta', serviceAccount: 'default' },
    mesh: never,
    // Accounts cannot be told apart by address.
    network: throughLink,
    inTunnel: atLink,
  },
  'a tenant whose namespace has the same prefix': {
    caller: { namespace: 'tn-acme-evil', serviceAccount: 'client' },
    mesh: never,
  },
  'the ingress gateway': {
    caller: { namespace: 'ingress', labels: { app: 'gateway' }, serviceAccount: 'gateway' },
    mesh: (target) => target === 'an exposed pod',
  },
  'another pod in the gateway namespace': { caller: { namespace: 'ingress', serviceAccount: 'other' }, mesh: never },
  'the metrics collector': {
    caller: { namespace: 'monitoring', labels: { app: 'prometheus' }, serviceAccount: 'prometheus' },
    mesh: (_, port) => metricsPorts.includes(port),
    // Envoy's metrics port is open even if the plan lists none.
    inTunnel: always,
  },
  'a pod of the namespace without a certificate': {
    caller: { namespace: 'tn-acme', serviceAccount: null },
    mesh: never,
    network: always,
  },
  'a pod of another tenant without a certificate': {
    caller: { namespace: 'tn-acme-evil', serviceAccount: null },
    mesh: never,
  },
  'a pod of the platform outside the mesh': {
    caller: { namespace: 'kube-system', serviceAccount: null },
    mesh: never,
  },
};

describe.each(meshKinds)('in %s', (kind) => {
  const there = world(kind);

  test.each(Object.keys(rows))('%s', (name) => {
    const row = rows[name];
    if (row === undefined) throw new Error(`Row "${name}" not found.`);
    const tunnels = kind !== 'istio-sidecar' && row.caller.serviceAccount !== null;
    const network = (tunnels ? row.inTunnel : undefined) ?? row.network ?? row.mesh;
    for (const target of targetNames) {
      for (const port of ports) {
        const expected = row.mesh(target, port);
        expect({ target, port, ...ask(there, row.caller, targets[target], port) }).toEqual({
          target,
          port,
          mesh: expected,
          network: network(target, port),
          through: expected,
        });
      }
    }
  });

  test('a tenant that is cut off neither receives nor makes calls', () => {
    for (const restriction of [
      { suspended: true, quarantined: false },
      { suspended: false, quarantined: true },
    ]) {
      const cut = world(kind, [{ ...acme, links: [link], restriction }, { ...beta, links: [link] }, evil]);
      for (const { caller } of Object.values(rows)) {
        for (const target of targetNames) {
          for (const port of ports) {
            const { mesh, network } = ask(cut, caller, targets[target], port);
            expect({ caller, target, port, mesh, network }).toEqual({
              caller,
              target,
              port,
              mesh: false,
              network: false,
            });
          }
        }
      }
    }
  });
});

test('only Linkerd needs to know the ports of pods, and closes unknown ones', () => {
  const caller = { namespace: 'tn-acme', serviceAccount: 'default' };
  const verdicts = meshKinds.map((kind) => ask(world(kind), caller, targets['a pod'], 7777).mesh);
  expect(verdicts).toEqual([true, true, false]);
});

describe('for any tenants, environments and links', () => {
  const slugs = ['a', 'a-b', 'a-b-c', 'b'];
  const environments = ['main', 'b', 'b-c'];
  const spec = planWith({ network: { ingressGateway: true }, environments: { max: 5 } });
  const population = fc
    .uniqueArray(fc.tuple(fc.constantFrom(...slugs), fc.subarray(environments, { minLength: 1 })), {
      selector: ([slug]) => slug,
      minLength: 2,
    })
    .map((chosen) => {
      const taken = new Set<string>();
      // The database assigns a namespace to one tenant only.
      return chosen.flatMap(([slug, names]) => {
        const free = names.filter((name) => !taken.has(namespaceName(slug, name)));
        for (const name of free) taken.add(namespaceName(slug, name));
        return free.length === 0 ? [] : [tenant(slug, spec, free)];
      });
    })
    .filter((tenants) => tenants.length > 1);
  const pick = fc.nat({ max: 9 });
  const scene = fc.record({
    kind: fc.constantFrom(...meshKinds),
    tenants: population,
    ends: fc.tuple(pick, pick, pick),
  });
  type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

  const labelled = [{}, { app: 'api' }, { 'bulkhead.io/exposed': 'true' }];

  function* pairs(tenants: readonly TenantInput[]): Generator<[TenantInput, Caller, TenantInput, Target, number]> {
    for (const a of tenants) {
      for (const b of tenants) {
        for (const from of a.environments) {
          for (const to of b.environments) {
            for (const labels of labelled) {
              for (const serviceAccount of ['client', null]) {
                const caller = { namespace: from.namespace, serviceAccount };
                yield [a, caller, b, { namespace: to.namespace, labels }, 8080];
              }
            }
          }
        }
      }
    }
  }

  const answers = (there: World, tenants: readonly TenantInput[]): string[] =>
    [...pairs(tenants)].map(([, from, , to, port]) => JSON.stringify([from, to, ask(there, from, to, port)]));

  const at = <T>(list: readonly T[], index: number): T => {
    const found = list[index % list.length];
    if (found === undefined) throw new Error('The list is empty.');
    return found;
  };

  /** The same tenants with a link from one to another. */
  function linked({ tenants, ends: [a, b] }: Scene): TenantInput[] {
    const provider = at(tenants, a);
    const others = tenants.filter((each) => each !== provider);
    const consumer = at(others, b);
    const links = [linkBetween(provider, consumer)];
    return tenants.map((each) => (each === provider || each === consumer ? { ...each, links } : each));
  }

  test('no tenant reaches another without a link, by mesh or network', () => {
    fc.assert(
      fc.property(scene, ({ kind, tenants }) => {
        const there = world(kind, tenants);
        for (const [a, from, b, to, port] of pairs(tenants)) {
          const { mesh, network } = ask(there, from, to, port);
          if (a !== b) expect({ from, to, mesh, network }).toEqual({ from, to, mesh: false, network: false });
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a link opens one path and changes nothing else; without it everything is as before', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const before = world(drawn.kind, drawn.tenants);
        const with_ = world(drawn.kind, linked(drawn));
        const opened = [...pairs(drawn.tenants)].filter(
          ([, from, , to, port]) => ask(with_, from, to, port).through !== ask(before, from, to, port).through,
        );
        expect(opened).toHaveLength(1);
        expect(opened[0]?.[1].serviceAccount).toBe('client');
        expect(opened[0]?.[3].labels).toEqual({ app: 'api' });
        const after = world(
          drawn.kind,
          linked(drawn).map((each) => ({ ...each, links: [] })),
        );
        expect(answers(after, drawn.tenants)).toEqual(answers(before, drawn.tenants));
      }),
      { numRuns: 40 },
    );
  });

  test('a new environment joins its siblings, and changes nothing between the others', () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const tenants = linked(drawn);
        const grown = at(tenants, drawn.ends[2]);
        const added = { name: 'more', namespace: namespaceName(grown.slug, 'more') };
        const wider = { ...grown, environments: [...grown.environments, added] };
        const after = world(
          drawn.kind,
          tenants.map((each) => (each === grown ? wider : each)),
        );
        expect(answers(after, tenants)).toEqual(answers(world(drawn.kind, tenants), tenants));
        for (const { namespace } of grown.environments) {
          for (const [from, to] of [
            [namespace, added.namespace],
            [added.namespace, namespace],
          ] as const) {
            const { through } = ask(after, { namespace: from, serviceAccount: 'x' }, { namespace: to }, 8080);
            expect(through).toBe(true);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
