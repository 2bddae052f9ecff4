import { renderTenant } from '#isolation';
import { builtInPlans, planSpecSchema } from '#plans';

import { readFlags } from './measure/flags.mjs';
import { median, round } from './measure/statistics.mjs';

const MESHES = [null, 'istio-sidecar', 'istio-ambient', 'linkerd'];

/**
 * Measures the cost of computing the objects of tenants, without a mesh and with each of them. The raw loop, for
 * comparison, converts the same objects to JSON and back once, which is the least that passing them on costs. It needs
 * no cluster.
 */
export default async function render({ args, log }) {
  const { tenants, rounds, plan } = readFlags(args, { tenants: 1_000, rounds: 5, plan: 'team' });
  const found = builtInPlans.find(({ id }) => id === plan);
  if (found === undefined) throw new Error(`Unknown built-in plan "${plan}".`);
  const spec = planSpecSchema.parse(found.spec);
  const settings = MESHES.map((kind) => {
    const inputs = Array.from({ length: tenants }, (_, number) => tenantInput(number, spec, kind));
    // The first run is always slow.
    return { kind, inputs, sets: inputs.map(renderTenant), ours: [], raw: [] };
  });
  for (let number = 0; number < rounds; number++) {
    for (const setting of settings) {
      setting.ours.push(perSecond(setting.inputs, renderTenant));
      setting.raw.push(perSecond(setting.sets, (set) => JSON.parse(JSON.stringify(set))));
    }
    log(`round ${number + 1} of ${rounds}`);
  }
  const meshes = Object.fromEntries(settings.map((setting) => [setting.kind ?? 'none', figures(setting)]));
  return { bench: 'render', tenants, rounds, plan, meshes };
}

function figures({ sets, ours, raw }) {
  return {
    objectsPerTenant: sets[0].length,
    setsPerSecond: Math.round(median(ours)),
    rawSetsPerSecond: Math.round(median(raw)),
    ratioToRaw: round(median(ours) / median(raw)),
  };
}

function perSecond(items, work) {
  const startedAt = performance.now();
  for (const item of items) work(item);
  return (items.length / (performance.now() - startedAt)) * 1000;
}

/** Returns a tenant with one environment in a cluster with every part of the platform. */
function tenantInput(number, spec, kind) {
  const slug = `bench-${number}`;
  return {
    id: `tenant_01${slug}`,
    slug,
    displayName: slug,
    plan: { id: 'bench', version: 1, spec },
    environments: [{ name: 'main', namespace: `tn-${slug}` }],
    members: [{ kind: 'User', name: `owner@${slug}.example`, role: 'tenant-owner' }],
    cluster: {
      minorVersion: '1.36',
      dnsServiceIps: ['10.96.0.10'],
      podCidrs: ['10.244.0.0/16'],
      serviceCidrs: ['10.96.0.0/12'],
      nodeCidrs: ['192.0.2.0/24'],
      apiServerEndpoints: { ips: ['198.51.100.7'], port: 6443 },
      gateway: { namespace: 'ingress', podLabels: { app: 'gateway' } },
      monitoring: { namespace: 'monitoring', podLabels: { app: 'prometheus' }, ports: [9090] },
      knowsGatewayApi: true,
      mesh: kind === null ? null : meshFacts(kind),
    },
  };
}

function meshFacts(kind) {
  return {
    kind,
    version: null,
    revision: null,
    trustDomain: 'cluster.local',
    controlPlaneNamespace: kind === 'linkerd' ? 'linkerd' : 'istio-system',
    gatewayIdentity: { namespace: 'ingress', serviceAccount: 'gateway' },
    monitoringIdentity: { namespace: 'monitoring', serviceAccount: 'prometheus' },
  };
}
