import { type ClusterFacts, type KubernetesObject, type NetworkRule, renderTenant, type TenantInput } from '#isolation';
import { planSpecSchema } from '#plans';
import { describe, expect, test } from 'vitest';

import { type Repair } from '../observe/examine.js';
import { restrictsMesh, isMeshGuard } from './mesh-order.js';
import { opens, removalOrder, restricts, wavesOf } from './waves.js';

const kinds = ['istio-sidecar', 'istio-ambient', 'linkerd'] as const;
type Kind = (typeof kinds)[number];

const identity = { namespace: 'platform', serviceAccount: 'gateway' };
const facts = (kind: Kind): ClusterFacts => ({
  minorVersion: '1.36',
  dnsServiceIps: ['10.0.0.10'],
  podCidrs: [],
  serviceCidrs: [],
  nodeCidrs: ['10.9.0.0/16'],
  gateway: { namespace: 'platform', podLabels: { app: 'gateway' } },
  monitoring: null,
  apiServerEndpoints: { ips: ['10.1.0.1'], port: 6443 },
  mesh: {
    kind,
    version: null,
    controlPlaneNamespace: 'mesh',
    trustDomain: 'cluster.local',
    revision: null,
    gatewayIdentity: identity,
    monitoringIdentity: null,
  },
});

const openHost: NetworkRule = {
  id: 'rule_01h455vb4pex5vsknk084sn02q',
  direction: 'egress',
  action: 'allow',
  cidrs: [],
  hosts: ['api.example.com'],
  except: [],
  ports: [{ protocol: 'TCP', port: 443 }],
  environments: null,
  podLabels: {},
  beyondPlan: true,
};

function meshObjects(kind: Kind, restriction?: TenantInput['restriction']): KubernetesObject[] {
  const mesh = { waypoint: true, rateLimit: { requestsPerSecond: 9 } };
  const network = { ingressGateway: true, allowCidrs: ['203.0.113.0/24'] };
  const spec = planSpecSchema.parse({ quota: { cpu: '1', memory: '1Gi' }, network, mesh });
  return renderTenant({
    id: 'tenant_01h455vb4pex5vsknk084sn02q',
    slug: 'a',
    displayName: 'A',
    members: [],
    restriction,
    plan: { id: 'p', version: 1, spec },
    environments: [{ name: 'main', namespace: 'tn-a' }],
    networkRules: [openHost],
    cluster: facts(kind),
  }).filter(({ apiVersion }) => /istio\.io|linkerd\.io|gateway\.networking/.test(apiVersion));
}

const repair = (object: KubernetesObject, write: Repair['write'] = 'create'): Repair => {
  return { object, write, removal: null, live: null };
};

describe.each(kinds)('in %s', (kind) => {
  const all = meshObjects(kind);

  test('exactly the objects that a cut-off tenant keeps count as restricting', () => {
    const kept = meshObjects(kind, { suspended: false, quarantined: true }).map(nameOf);
    const closing = all.filter(restrictsMesh).map(nameOf);
    expect([...new Set(closing)].sort()).toEqual([...new Set(kept)].sort());
    expect(closing.length).toBeLessThan(all.length);
  });

  test('what proxies pass on to ranges and hosts counts as opening', () => {
    const opening = all
      .filter((object) => !restrictsMesh(object))
      .map(({ kind: of, metadata }) => `${of}/${metadata.name}`);
    const expected = {
      'istio-sidecar': ['EnvoyFilter/tenant-egress-ranges', expect.stringMatching(/^ServiceEntry\/tenant-hosts-/)],
      'istio-ambient': [],
      linkerd: ['EgressNetwork/tenant-egress-ranges'],
    };
    expect(opening.filter((name) => /^(EnvoyFilter|ServiceEntry|EgressNetwork)/.test(name)).sort()).toEqual(
      expected[kind],
    );
  });

  test('a namespace joins after everything that restricts and before anything that opens', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'tn-a' } };
    const waves = wavesOf([repair(namespace, 'apply'), ...all.map((object) => repair(object))]);
    expect(waves).toHaveLength(3);
    expect(waves.map((wave) => wave.every(restricts))).toEqual([true, true, false]);
    expect(waves[1]?.map(({ object }) => object.kind)).toEqual(['Namespace']);
    expect(waves[0]?.every(({ object }) => restrictsMesh(object))).toBe(true);
  });

  test('opening objects are removed first, restricting ones last, and guards at the very end', () => {
    const opening = opens([]);
    expect(all.filter(opening).every((object) => !restrictsMesh(object))).toBe(true);
    const groups = removalOrder(all.filter((object) => !opening(object)));
    expect(groups.every((group) => group.every(restrictsMesh))).toBe(true);
    if (kind !== 'linkerd') expect(groups.at(-1)?.every(isMeshGuard)).toBe(true);
  });
});

test('allowing policies are kept while restricting ones of the same mesh need repair', () => {
  const allows = meshObjects('istio-sidecar').filter((object) => !restrictsMesh(object));
  const closing = (kind: Kind): Repair[] =>
    meshObjects(kind)
      .filter(restrictsMesh)
      .map((object) => repair(object));
  expect(allows.some(opens(closing('istio-sidecar')))).toBe(false);
  expect(allows.every(opens(closing('linkerd')))).toBe(true);
});

/**
 * Linkerd's Servers are named after the pods and ports that are theirs, which a tenant that is cut off has fewer of.
 */
function nameOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const isOfServers = apiVersion.includes('linkerd') && kind !== 'EgressNetwork';
  return `${apiVersion}/${kind}/${isOfServers ? '' : metadata.name}`;
}
