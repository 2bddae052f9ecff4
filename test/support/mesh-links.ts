import { expect } from 'vitest';

import { type MeshKind, type Specs } from './mesh-tenants.js';

/** A link in force from the account `reports` to the Service `api`, port 80, with target port 8080 of `app=api`. */
export interface ActiveLink {
  /** The prefix of the names of its objects. */
  name: string;
  /** The namespaces of its two sides. */
  provider: string;
  consumer: string;
}

interface Change {
  /** Objects that the link adds, with their expected content. */
  added: Specs;
  /** Existing objects that the link changes, with the expected new content. */
  changed: Specs;
}

type Changes = (link: ActiveLink) => Change;

/**
 * Checks that a link adds and changes exactly the expected objects on its two sides in a mesh.
 * @param before objects on both sides without the link
 * @param during objects with it
 */
export function expectLinked(mesh: MeshKind, link: ActiveLink, before: Specs, during: Specs): void {
  if (mesh === 'linkerd') {
    expectServersAnew(link, before, during);
    [before, during] = [before, during].map(withoutServers) as [Specs, Specs];
  }
  const { added, changed } = changes[mesh](link);
  const names = Object.keys(during).filter((name) => !(name in before));
  expect(names.sort()).toEqual(Object.keys(added).sort());
  expect(during).toMatchObject({ ...added, ...changed });
  const others = Object.keys(before).filter((name) => !(name in changed));
  for (const name of others) expect(during[name], name).toEqual(before[name]);
  for (const name of Object.keys(changed)) expect(during[name], name).not.toEqual(before[name]);
}

const changes: Record<MeshKind, Changes> = {
  'istio-sidecar': (link) => {
    const { provider, consumer } = link;
    const scope = expect.arrayContaining([`${provider}/api.${provider}.svc.cluster.local`]) as string[];
    return {
      added: { ...allowedAtPods(link), ...networkPolicies(link, [8080], [8080]) },
      changed: {
        ...exempted(link, 'tenant-isolation-guard'),
        [`networking.istio.io/v1/Sidecar/${consumer}/default`]: { egress: [{ hosts: scope }] },
      },
    };
  },
  'istio-ambient': (link) => {
    const atService = { targetRefs: [{ group: '', kind: 'Service', name: 'api' }], ...allowing(link, '80') };
    const toWaypoint = { ingress: [{ ports: [tcp(15_008)] }] };
    return {
      added: {
        ...allowedAtPods(link),
        [`${ISTIO_POLICY}/${link.provider}/${link.name}-waypoint`]: atService,
        ...networkPolicies(link, [15_008], [8080, 15_008]),
        [`${NETWORK_POLICY}/${link.provider}/${link.name}-waypoint`]: toWaypoint,
      },
      changed: {
        ...exempted(link, 'tenant-isolation-guard'),
        ...exempted(link, 'tenant-waypoint-isolation-guard'),
      },
    };
  },
  linkerd: (link) => {
    const { provider, consumer, name } = link;
    const identityRefs = [{ kind: 'ServiceAccount', name: 'reports', namespace: consumer }];
    return {
      added: {
        [`policy.linkerd.io/v1alpha1/MeshTLSAuthentication/${provider}/${name}-consumer`]: { identityRefs },
        ...networkPolicies(link, [4143], [8080, 4143]),
      },
      changed: {},
    };
  },
};

const ISTIO_POLICY = 'security.istio.io/v1/AuthorizationPolicy';
const NETWORK_POLICY = 'networking.k8s.io/v1/NetworkPolicy';

const tcp = (port: number): object => ({ protocol: 'TCP', port });
const principalOf = ({ consumer }: ActiveLink): string => `cluster.local/ns/${consumer}/sa/reports`;

function allowedAtPods(link: ActiveLink): Specs {
  const selector = { matchLabels: { app: 'api' } };
  return { [`${ISTIO_POLICY}/${link.provider}/${link.name}-provider`]: { selector, ...allowing(link, '8080') } };
}

function allowing(link: ActiveLink, port: string): object {
  const from = [{ source: { principals: [principalOf(link)] } }];
  return { action: 'ALLOW', rules: [{ from, to: [{ operation: { ports: [port] } }] }] };
}

function exempted(link: ActiveLink, guard: string): Specs {
  const notPrincipals = expect.arrayContaining([principalOf(link)]) as string[];
  const rules = [{ from: [{ source: { notPrincipals } }] }];
  return { [`${ISTIO_POLICY}/${link.provider}/${guard}`]: { action: 'DENY', rules } };
}

function networkPolicies({ name, provider, consumer }: ActiveLink, inbound: number[], outbound: number[]): Specs {
  return {
    [`${NETWORK_POLICY}/${provider}/${name}-provider`]: {
      podSelector: { matchLabels: { app: 'api' } },
      ingress: [{ ports: inbound.map(tcp) }],
    },
    [`${NETWORK_POLICY}/${consumer}/${name}-consumer`]: {
      egress: expect.arrayContaining([expect.objectContaining({ ports: outbound.map(tcp) })]) as object[],
    },
  };
}

interface Policy {
  targetRef: { kind: string; name: string };
}

/**
 * Matches names derived from a Server of the port: the pods of a port are partitioned again if some are behind a link.
 */
const isOfPort = (name: string): boolean => /(port-|-)8080(-[0-9a-f]+)?$/.test(name);
const withoutServers = (specs: Specs): Specs =>
  Object.fromEntries(Object.entries(specs).filter(([name]) => !isOfPort(name)));

/** Checks that exactly the Servers of the pods behind the link let the consumer in by its account. */
function expectServersAnew({ name, provider }: ActiveLink, before: Specs, during: Specs): void {
  const servers = `policy.linkerd.io/v1beta3/Server/${provider}/`;
  const ofPort = (specs: Specs): [string, object][] =>
    Object.entries(specs).flatMap(([key, spec = {}]) =>
      key.startsWith(servers) && isOfPort(key) ? [[key.slice(servers.length), spec] as [string, object]] : [],
    );
  const behindLink = ofPort(during)
    .filter(([, spec]) => JSON.stringify(spec).includes('"app":"api"'))
    .map(([server]) => server);
  expect(ofPort(during).length).toBeGreaterThan(ofPort(before).length);
  expect(behindLink.length).toBeGreaterThan(0);
  const policies = Object.entries(during)
    .filter(([key]) => key.startsWith(`policy.linkerd.io/v1alpha1/AuthorizationPolicy/${provider}/${name}`))
    .map(([, spec]) => spec as Policy & object);
  const consumer = { group: 'policy.linkerd.io', kind: 'MeshTLSAuthentication', name: `${name}-consumer` };
  for (const policy of policies) expect(policy).toMatchObject({ requiredAuthenticationRefs: [consumer] });
  expect(policies.map(({ targetRef }) => targetRef.name).sort()).toEqual(behindLink.sort());
}
