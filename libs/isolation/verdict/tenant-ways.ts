import { type Endpoint, type Port } from './endpoint.js';
import { type DirectionVerdict, judge } from './judge.js';
import { openLinks, type OpenLink, type Place } from './open-links.js';
import { type Policies } from './policies.js';

/** What holds between some pods of a tenant and something else, on some ports. */
export interface Way {
  direction: 'inbound' | 'outbound' | 'within';
  /** The tenant's side: pods of one of its namespaces for which the same holds. Of `within` it is the sender. */
  namespace: string;
  pods: string[];
  /** The other side: its place, and in it what. */
  place: string;
  endpoint: string;
  allowed: boolean;
  ports: Port[];
  readingsDiffer: boolean;
  egress: DirectionVerdict;
  ingress: DirectionVerdict;
}

/** Whom a tenant reaches and who reaches it. */
export interface TenantWays {
  ways: Way[];
  /** Ways to and from other tenants. */
  crossings: OpenLink[];
  /** Between the tenant and one of the others, as an example; empty when there is no other. */
  example: Way[];
}

/**
 * Judges a tenant against itself and everything that is no tenant, and says of other tenants which ones are joined to it.
 * @param own the tenant's place, which is one of `places`
 */
export function tenantWays(
  policies: Policies,
  own: Place,
  places: readonly Place[],
  ports: readonly Port[],
): TenantWays {
  const others = places.filter(({ kind }) => kind !== 'tenant');
  const crossings = openLinks(policies, places, ports).links.filter(({ from, to }) => {
    return (
      from !== to && [from, to].includes(own.id) && [from, to].every((id) => !others.some((place) => place.id === id))
    );
  });
  const neighbour = places.find((place) => place.kind === 'tenant' && place !== own);
  return {
    ways: [
      ...waysBetween(policies, own, own, ports, 'within'),
      ...others.flatMap((place) => bothDirections(policies, own, place, ports)),
    ],
    crossings,
    example: neighbour === undefined ? [] : bothDirections(policies, own, neighbour, ports),
  };
}

function bothDirections(policies: Policies, own: Place, place: Place, ports: readonly Port[]): Way[] {
  return (['outbound', 'inbound'] as const).flatMap((direction) => waysBetween(policies, own, place, ports, direction));
}

/** What holds between the endpoints of two places; what is alike is one way. */
export function waysBetween(
  policies: Policies,
  own: Place,
  place: Place,
  ports: readonly Port[],
  direction: Way['direction'],
): Way[] {
  const grouped = new Map<string, Way>();
  for (const other of place.endpoints) {
    for (const mine of own.endpoints) {
      for (const way of waysOf(policies, mine, other, ports, direction)) {
        const whole = { ...way, place: place.id };
        const key = JSON.stringify({ ...whole, pods: [] });
        const known = grouped.get(key);
        if (known === undefined) grouped.set(key, whole);
        else known.pods.push(...whole.pods);
      }
    }
  }
  return [...grouped.values()];
}

/** What holds between one endpoint of the tenant and another endpoint: ports for which the same holds are one way. */
function waysOf(
  policies: Policies,
  mine: Endpoint,
  other: Endpoint,
  ports: readonly Port[],
  direction: Way['direction'],
): Way[] {
  const ways = new Map<string, Way>();
  // Two pods that are alike, not one pod and itself.
  const there = other === mine ? { ...other } : other;
  const [from, to] = direction === 'inbound' ? [there, mine] : [mine, there];
  for (const port of ports) {
    const verdict = judge(policies, from, to, port);
    const key = JSON.stringify(verdict);
    const known = ways.get(key);
    if (known !== undefined) {
      known.ports.push(port);
      continue;
    }
    ways.set(key, {
      direction,
      ...{ namespace: mine.kind === 'pod' ? mine.namespace : '', pods: [mine.name] },
      ...{ place: '', endpoint: titleOf(other), ports: [port], ...verdict },
    });
  }
  return [...ways.values()];
}

function titleOf(endpoint: Endpoint): string {
  return endpoint.kind === 'pod' ? `${endpoint.name} in ${endpoint.namespace}` : endpoint.address;
}
