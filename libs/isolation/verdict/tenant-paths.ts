import { type Endpoint, type Port } from './endpoint.js';
import { type DirectionVerdict, judge } from './judge.js';
import { openPaths, type OpenPath, type Place } from './open-paths.js';
import { type Policies } from './policies.js';

/** The verdict on traffic between some pods of a tenant and another endpoint, on some ports. */
export interface Path {
  direction: 'inbound' | 'outbound' | 'within';
  /** The tenant's side: pods of one namespace with the same verdict. For `within` it is the sender. */
  namespace: string;
  pods: string[];
  /** The other side: its place, and the endpoint in it. */
  place: string;
  endpoint: string;
  allowed: boolean;
  ports: Port[];
  readingsDiffer: boolean;
  egress: DirectionVerdict;
  ingress: DirectionVerdict;
}

/** Everything that a tenant reaches and that reaches it. */
export interface TenantPaths {
  ways: Path[];
  /** Open paths from and to other tenants. */
  crossings: OpenPath[];
  /** Traffic between the tenant and one other tenant, as an example; empty if there is none. */
  example: Path[];
}

/**
 * Judges a tenant against itself and everything that is not a tenant, and lists the other tenants that it has paths to.
 * @param own the tenant's place, which is one of `places`
 */
export function tenantPaths(
  policies: Policies,
  own: Place,
  places: readonly Place[],
  ports: readonly Port[],
): TenantPaths {
  const others = places.filter(({ kind }) => kind !== 'tenant');
  const crossings = openPaths(policies, places, ports).links.filter(({ from, to }) => {
    return (
      from !== to && [from, to].includes(own.id) && [from, to].every((id) => !others.some((place) => place.id === id))
    );
  });
  const neighbour = places.find((place) => place.kind === 'tenant' && place !== own);
  return {
    ways: [
      ...pathsBetween(policies, own, own, ports, 'within'),
      ...others.flatMap((place) => bothDirections(policies, own, place, ports)),
    ],
    crossings,
    example: neighbour === undefined ? [] : bothDirections(policies, own, neighbour, ports),
  };
}

function bothDirections(policies: Policies, own: Place, place: Place, ports: readonly Port[]): Path[] {
  return (['outbound', 'inbound'] as const).flatMap((direction) =>
    pathsBetween(policies, own, place, ports, direction),
  );
}

/** Judges traffic between the endpoints of two places; equal verdicts are merged. */
export function pathsBetween(
  policies: Policies,
  own: Place,
  place: Place,
  ports: readonly Port[],
  direction: Path['direction'],
): Path[] {
  const grouped = new Map<string, Path>();
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

/** Judges traffic between one endpoint of the tenant and another; ports with the same verdict are merged. */
function waysOf(
  policies: Policies,
  mine: Endpoint,
  other: Endpoint,
  ports: readonly Port[],
  direction: Path['direction'],
): Path[] {
  const ways = new Map<string, Path>();
  // Two identical pods, not one pod and itself.
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
      namespace: mine.kind === 'pod' ? mine.namespace : '',
      pods: [mine.name],
      place: '',
      endpoint: titleOf(other),
      ports: [port],
      ...verdict,
    });
  }
  return [...ways.values()];
}

function titleOf(endpoint: Endpoint): string {
  return endpoint.kind === 'pod' ? `${endpoint.name} in ${endpoint.namespace}` : endpoint.address;
}
