import { renderTenant } from '#isolation';
import { expect, test } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { type Bulkhead } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { validated } from '../../support/istio-verdicts.js';
import { analyze } from '../../support/istioctl.js';
import { type OwnCluster } from '../../support/own-cluster.js';
import { type SidecarConfig } from '../../support/proxy-config.js';
import { inMesh } from '../meshes.js';
import { rule } from '../network-rule-cases.js';
import { planWith, tenant } from '../tenants.js';

type Who = 'own' | 'sibling' | 'foreign' | 'plain';

/** A mesh of sidecars with two tenants, and a namespace of which Bulkhead knows nothing. */
interface Place {
  own: OwnCluster;
  bulkhead: Bulkhead;
  /** The tenant of "own" and "sibling". */
  tenant: TenantBody;
  namespaces: Record<Who, string>;
  /** Fetches what istiod serves to the proxy of a pod. */
  configOf: (who: Who) => Promise<SidecarConfig>;
}

/** Tests that istiod tells proxies of what rules open outside the mesh, and whom. */
export function egressTests(place: () => Place): void {
  test('a proxy is told of the hosts and ranges that rules open, in its own tenant alone', async () => {
    const path = `/v1/tenants/${place().tenant.id}/network-rules`;
    const base = { direction: 'egress', action: 'allow', reason: 'Tried.', beyondPlan: true };
    const rules = [
      { ...base, hosts: ['api.payments.example', 'files.example.com'], ports: [{ port: 443 }, { port: 80 }] },
      { ...base, cidrs: ['203.0.113.0/24'], ports: [{ port: 5432 }] },
    ];
    const made = [];
    for (const rule of rules) made.push((await place().bulkhead.api.change('POST', path, rule)).tenant.id);
    const hosts = async (who: Who): Promise<string[]> =>
      (await place().configOf(who)).clusters
        .map(({ name }) => name)
        .filter((name) => /\|\|(api\.payments|files)\./.test(name));
    const chains = async (who: Who): Promise<object[]> =>
      (await place().configOf(who)).listeners
        .flatMap(({ filterChains = [] }) => filterChains)
        .filter(({ name }) => name === 'tenant-egress-ranges');
    const known = ['api.payments.example', 'files.example.com'].flatMap((host) => [
      `outbound|443||${host}`,
      `outbound|80||${host}`,
    ]);
    await eventually('the proxy knows the hosts', async () => (await hosts('own')).length === known.length);
    expect((await hosts('own')).sort()).toEqual(known.sort());
    expect((await hosts('sibling')).sort()).toEqual(known.sort());
    const [one, ...more] = await chains('own');
    expect(one).toMatchObject({
      filterChainMatch: { prefixRanges: [{ addressPrefix: '203.0.113.0', prefixLen: 24 }] },
    });
    // Also on the listener for each port of the mesh, where connections to it end up.
    expect(more.length).toBeGreaterThan(1);
    for (const who of ['foreign', 'plain'] as const) {
      expect(await hosts(who)).toEqual([]);
      expect(await chains(who)).toEqual([]);
    }
    const verdicts = await validated(place().own.cluster, place().namespaces.own);
    expect(Object.keys(verdicts)).toContain('EnvoyFilter/tenant-egress-ranges');
    expect(Object.keys(verdicts).some((name) => name.startsWith('ServiceEntry/tenant-hosts-'))).toBe(true);
    expect(new Set(Object.values(verdicts))).toEqual(new Set(['accepted']));
    const again = await place().bulkhead.api.changeNothing(`/v1/tenants/${place().tenant.id}`);
    expect(again).toMatchObject({ state: 'succeeded', steps: [] });
    // Istio warns of every EnvoyFilter, because it depends on the version.
    expect(await analyze(place().own, place().namespaces.own)).toEqual([
      expect.objectContaining({
        code: 'IST0133',
        level: 'Warning',
        origin: `EnvoyFilter ${place().namespaces.own}/tenant-egress-ranges`,
      }),
    ]);
    for (const id of made) await place().bulkhead.api.change('DELETE', `${path}/${id}`);
    await eventually('the proxy knows them no longer', async () => (await hosts('own')).length === 0);
    expect(await chains('own')).toEqual([]);
  });

  test('a proxy resolves what a wildcard stands for', async () => {
    const wildcard = {
      ...rule({ cidrs: [], hosts: ['*.example.com'], ports: [{ protocol: 'TCP', port: 443 }] }),
    };
    const input = { ...inMesh(tenant('wild', planWith()), 'istio-sidecar'), networkRules: [wildcard] };
    const [entry] = renderTenant(input).filter(({ kind }) => kind === 'ServiceEntry');
    if (entry === undefined) throw new Error('there is no entry');
    const object = { ...entry, metadata: { name: 'wildcard', namespace: place().namespaces.plain } };
    await place().own.cluster.objects.create(object);
    const dynamic = async (): Promise<object[]> =>
      (await place().configOf('plain')).clusters.filter(({ name }) => name === 'outbound|443||*.example.com');
    await eventually('the proxy knows the wildcard', async () => (await dynamic()).length === 1);
    expect(JSON.stringify(await dynamic())).toContain('dynamic_forward_proxy');
    await place().own.cluster.objects.delete(object);
  });
}
