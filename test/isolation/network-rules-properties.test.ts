import { addressPieces, type AddressSource, alwaysClosed, type NetworkRule, portSet, type RulePort } from '#isolation';
import { type Cidr, cidrAt, containsCidr, hostCidr, parseCidr } from '#plans';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { rule, verdicts } from './network-rule-cases.js';
import { cluster, planWith, tenant } from './tenants.js';

const PORTS = 12;
/** Two small spaces of addresses, so that random ranges are nested, equal and next to each other. */
const spaces = [parseCidr('203.0.113.0/26'), parseCidr('2620:fe::/122')];

const range = fc
  .tuple(fc.constantFrom(...spaces), fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 6 }))
  .map(([space, offset, prefix]) => {
    const whole = space.family === 'ipv4' ? 26 : 122;
    const size = 2n ** BigInt(6 - prefix);
    return cidrAt(space.family, space.first + (BigInt(offset) / size) * size, whole + prefix);
  });
const port: fc.Arbitrary<RulePort> = fc
  .tuple(fc.constantFrom('TCP' as const, 'UDP' as const), fc.integer({ min: 1, max: PORTS }), fc.nat(4))
  .map(([protocol, first, more]) => ({ protocol, port: first, ...(more > 0 && { endPort: first + more }) }));
const ports = fc.oneof(fc.constant([]), fc.array(port, { maxLength: 3 }));
const source: fc.Arbitrary<AddressSource> = fc.record({
  action: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
  cidrs: fc.array(range, { maxLength: 4 }),
  except: fc.oneof(fc.constant([]), fc.array(range, { maxLength: 2 })),
  ports: ports.map(portSet),
});
const sources = fc.array(source, { maxLength: 6 });
const closed = fc.array(range, { maxLength: 3 });

const samples = spaces.flatMap(({ family, first }) =>
  Array.from({ length: 64 }, (_, offset) => cidrAt(family, first + BigInt(offset), family === 'ipv4' ? 32 : 128)),
);

const holds = (cidrs: readonly Cidr[], address: Cidr): boolean => cidrs.some((cidr) => containsCidr(cidr, address));
const covers = ({ cidrs, except }: Pick<AddressSource, 'cidrs' | 'except'>, address: Cidr): boolean =>
  holds(cidrs, address) && !holds(except, address);
const has = (set: AddressSource['ports'], protocol: 'TCP' | 'UDP', number: number): boolean =>
  set[protocol].some(({ first, last }) => first <= number && number <= last);

/** Returns what is open, by the definition: address by address and port by port. */
function openByDefinition(from: readonly AddressSource[], shut: readonly Cidr[]): string[] {
  return opened((address, protocol, number) => {
    const of = (action: AddressSource['action']): boolean =>
      from.some((each) => each.action === action && covers(each, address) && has(each.ports, protocol, number));
    return of('allow') && !of('deny') && !holds(shut, address);
  });
}

function openByPieces(from: readonly AddressSource[], shut: readonly Cidr[]): string[] {
  const pieces = addressPieces(from, shut);
  return opened((address, protocol, number) =>
    pieces.some(
      ({ cidr, except, ports: open }) => covers({ cidrs: [cidr], except }, address) && has(open, protocol, number),
    ),
  );
}

function opened(isOpen: (address: Cidr, protocol: 'TCP' | 'UDP', port: number) => boolean): string[] {
  return samples.flatMap((address) =>
    (['TCP', 'UDP'] as const).flatMap((protocol) =>
      Array.from({ length: PORTS + 6 }, (_, number) => number + 1)
        .filter((number) => isOpen(address, protocol, number))
        .map((number) => `${address.text} ${protocol} ${number}`),
    ),
  );
}

describe('pieces of addresses', () => {
  test('open exactly what is allowed and neither denied nor closed', () => {
    fc.assert(
      fc.property(sources, closed, (from, shut) => {
        expect(openByPieces(from, shut)).toEqual(openByDefinition(from, shut));
      }),
      { numRuns: 300 },
    );
  });

  test('do not depend on the order of the sources', () => {
    const orders = sources.chain((from) =>
      fc.tuple(fc.constant(from), fc.shuffledSubarray(from, { minLength: from.length, maxLength: from.length })),
    );
    fc.assert(
      fc.property(orders, closed, ([from, shuffled], shut) => {
        expect(openByPieces(shuffled, shut)).toEqual(openByPieces(from, shut));
      }),
      { numRuns: 100 },
    );
  });

  test('can be written as ipBlocks: each exception is strictly inside its range, and none is listed twice', () => {
    fc.assert(
      fc.property(sources, closed, (from, shut) => {
        for (const { cidr, except } of addressPieces(from, shut)) {
          expect(except.every((hole) => containsCidr(cidr, hole) && hole.text !== cidr.text)).toBe(true);
          expect(new Set(except.map(({ text }) => text)).size).toBe(except.length);
        }
      }),
    );
  });
});

const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('a', 'b'), { maxKeys: 2 });
const anyRange = fc.oneof(
  range.map(({ text }) => text),
  fc.constantFrom('0.0.0.0/0', '::/0', '10.0.0.0/8', '64:ff9b::/96', '169.254.0.0/16', '198.51.100.0/24'),
);
const anyRule: fc.Arbitrary<NetworkRule> = fc
  .record({
    direction: fc.constantFrom('ingress' as const, 'egress' as const),
    action: fc.constantFrom('allow' as const, 'deny' as const),
    cidrs: fc.array(anyRange, { minLength: 1, maxLength: 3 }),
    except: fc.array(anyRange, { maxLength: 1 }),
    ports,
    podLabels: labels,
  })
  .map((more) => rule(more));
const rules = fc.array(anyRule, { maxLength: 5 });
const network = fc.record({
  internetEgress: fc.constantFrom('none' as const, 'https' as const, 'any' as const),
  allowCidrs: fc.uniqueArray(
    range.map(({ text }) => text),
    { maxLength: 2 },
  ),
});
const connection = fc.record({
  direction: fc.constantFrom('ingress' as const, 'egress' as const),
  address: fc.oneof(
    fc.constantFrom(...samples).map(({ text }) => text.replace(/\/.*/, '')),
    fc.constantFrom('169.254.169.254', '10.1.1.1', '198.51.100.7', '64:ff9b::cb00:7101', '64:ff9b::a9fe:a9fe'),
  ),
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
  port: fc.oneof(fc.integer({ min: 1, max: PORTS + 5 }), fc.constant(443)),
  labels,
});
const connections = fc.array(connection, { minLength: 1, maxLength: 20 });

const verdictsWith = (spec: object, networkRules: readonly NetworkRule[]): ReturnType<typeof verdicts> =>
  verdicts({ ...tenant('acme', planWith({ network: spec })), networkRules });

describe('the rendered policies', () => {
  test('never open more because of a rule that denies', () => {
    fc.assert(
      fc.property(network, rules, anyRule, connections, (spec, known, denying, asked) => {
        const before = verdictsWith(spec, known);
        const after = verdictsWith(spec, [...known, { ...denying, action: 'deny' }]);
        for (const each of asked) expect(!after(each) || before(each)).toBe(true);
      }),
    );
  });

  test('never close anything because of a rule that allows', () => {
    fc.assert(
      fc.property(network, rules, anyRule, connections, (spec, known, allowing, asked) => {
        const before = verdictsWith(spec, known);
        const after = verdictsWith(spec, [...known, { ...allowing, action: 'allow' }]);
        for (const each of asked) expect(!before(each) || after(each)).toBe(true);
      }),
    );
  });

  test('never open what is always closed', () => {
    const acme = tenant('acme', planWith());
    const shut = alwaysClosed({ ...acme, cluster });
    const inside = fc
      .tuple(fc.constantFrom(...shut), fc.bigInt({ min: 0n, max: 2n ** 128n }))
      .map(([{ family, first, last }, offset]) =>
        cidrAt(family, first + (offset % (last - first + 1n)), family === 'ipv4' ? 32 : 128).text.replace(/\/.*/, ''),
      );
    // Single addresses of DNS are inside a closed range and open for another reason.
    const dns = new Set(['169.254.20.10', ...cluster.dnsServiceIps]);
    fc.assert(
      fc.property(network, rules, connection, inside, (spec, known, asked, address) => {
        fc.pre(!dns.has(address));
        expect(verdictsWith(spec, known)({ ...asked, address })).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('open and close by rules exactly what the definition says', () => {
    fc.assert(
      fc.property(rules, connections, (known, asked) => {
        const shut = alwaysClosed(tenant('acme', planWith()));
        const verdict = verdictsWith({}, known);
        for (const { labels: own, ...each } of asked) {
          const matches = (action: NetworkRule['action']): boolean =>
            known.some((one) => {
              const selected = Object.entries(one.podLabels).every(([key, value]) => own[key] === value);
              const set = { cidrs: one.cidrs.map(parseCidr), except: one.except.map(parseCidr) };
              const isThere = addressesOf(each.address, action).some((address) => covers(set, address));
              const isMeant = one.action === action && one.direction === each.direction && selected;
              return isMeant && isThere && has(portSet(one.ports), each.protocol, each.port);
            });
          const wanted = matches('allow') && !matches('deny') && !holds(shut, hostCidr(each.address));
          expect(verdict({ ...each, labels: own }), JSON.stringify(each)).toBe(wanted);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('an exception of IPv6 addresses opens no translation of an IPv4 address that is denied', () => {
  const rule = (action: NetworkRule['action'], cidrs: string[], except: string[]): NetworkRule => ({
    id: `rule_${action}`,
    direction: 'egress',
    action,
    cidrs,
    except,
    ports: [],
    hosts: [],
    environments: null,
    podLabels: {},
    beyondPlan: true,
  });
  const verdict = verdictsWith({}, [
    rule('allow', ['0.0.0.0/0', '::/0'], []),
    rule('deny', ['203.0.113.0/26'], ['::/0']),
  ]);
  const ask = (address: string): boolean =>
    verdict({ direction: 'egress', address, protocol: 'TCP', port: 443, labels: {} });
  expect(ask('64:ff9b::cb00:7101')).toBe(false);
  expect(ask('203.0.113.1')).toBe(false);
  expect(ask('64:ff9b::cb00:7141')).toBe(true);
});

/** An address, and for what denies also the IPv4 address that it stands for by NAT64. */
function addressesOf(address: string, action: NetworkRule['action']): Cidr[] {
  const own = hostCidr(address);
  const nat64 = parseCidr('64:ff9b::/96');
  if (action === 'allow' || !containsCidr(nat64, own)) return [own];
  return [own, cidrAt('ipv4', own.first - nat64.first, 32)];
}
