import { type Protocol, protocols } from '../model/protocol.js';
import { type ContainerPort, type Port } from './endpoint.js';
import { type Policies } from './policies.js';
import { type PortMatch } from './policy-model.js';

const LAST = 65_535;
/** An arbitrary port: if it is open, so are all ports that no policy names. */
const ANY = 40_001;
/** The first number that is assigned to a port name. */
const FIRST_NAMED = 20_001;

/** A set of ports that covers every distinction that policies make between ports. */
export interface PortSample {
  /** In ascending order; the last one of each protocol represents all others. */
  ports: Port[];
  /** Declared container ports, so that port names in policies resolve. */
  containerPorts: ContainerPort[];
}

/**
 * Returns the ports to judge: those that policies name, the edges of ranges and the ports beyond them, web ports, and
 * one of each protocol that represents all others. Each port name gets its own number.
 */
export function samplePorts(policies: Policies): PortSample {
  const matches = policies.all().flatMap(({ rules }) => {
    return [...(rules.ingress ?? []), ...(rules.egress ?? [])].flatMap(({ ports }) => ports ?? []);
  });
  const sample = new Map<string, Port>();
  const add = (protocol: Protocol, port: number): void => {
    if (port >= 1 && port <= LAST) sample.set(`${protocol} ${port}`, { protocol, port });
  };
  for (const port of [80, 443]) add('TCP', port);
  for (const match of matches) {
    if (!('first' in match) || (match.first === 1 && match.last === LAST)) continue;
    const { protocol, first, last } = match;
    for (const port of first === last ? [first] : [first - 1, first, last, last + 1]) add(protocol, port);
  }
  const containerPorts = namesOf(matches);
  for (const { protocol, port } of containerPorts) add(protocol, port);
  for (const protocol of protocols) add(protocol, ANY);
  const order = (a: Port, b: Port): number =>
    protocols.indexOf(a.protocol) - protocols.indexOf(b.protocol) || a.port - b.port;
  return { ports: [...sample.values()].sort(order), containerPorts };
}

function namesOf(matches: readonly PortMatch[]): ContainerPort[] {
  const names = new Map<string, { name: string; protocol: Protocol }>();
  for (const match of matches) {
    if (!('name' in match)) continue;
    const { name, protocol } = match;
    const protocolOrDefault = protocol ?? 'TCP';
    // A name is unique in a pod. If policies use one name with two protocols, TCP wins.
    if (!names.has(name) || protocolOrDefault === 'TCP') names.set(name, { name, protocol: protocolOrDefault });
  }
  const sorted = [...names.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.map((named, index) => ({ ...named, port: FIRST_NAMED + index }));
}
