import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type ClusterFacts, type TenantInput } from '#isolation';
import { type PlanSpec } from '#plans';
import { expect } from 'vitest';

import { Bulkhead, newSlug } from '../support/bulkhead.js';

/** A cluster with a mesh, in which nothing injects proxies, and with a Gateway for routes. */
const description = {
  // Without them a pod may be in any range, that of what the plan lets out as well.
  podCidrs: ['10.244.0.0/16'],
  mesh: { kind: 'istio-sidecar', requiresProxies: false },
  sharedGateway: { namespace: 'platform', name: 'shared' },
};

/** A tenant with every sort of object, made by a worker that is gone again: nobody heals what is taken away. */
export async function provisioned(kubeconfig: string): Promise<TenantInput> {
  const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-proof-'));
  const file = path.join(dir, 'cluster.json');
  writeFileSync(file, JSON.stringify(description));
  const bulkhead = await Bulkhead.start({ kubeconfig, env: { BULKHEAD_CLUSTER_FILE: file } });
  try {
    const worker = await bulkhead.startWorker();
    const id = newSlug('plan');
    const spec = {
      quota: { cpu: '10', memory: '10Gi', storage: '20Gi', priorityClasses: { gold: { pods: 1 } } },
      images: { registries: ['registry.example/acme/'], requireDigest: true },
      priorityClasses: ['gold'],
      annotations: ['vault.hashicorp.com'],
      tokenAudiences: ['vault'],
      workloadLimits: { maxReplicas: 5, memoryLimitRequestRatio: 4, emptyDirSizeLimit: true },
      network: { internetEgress: 'https', allowCidrs: ['203.0.113.0/24'], ingressGateway: true },
    };
    await bulkhead.api.send('POST', '/v1/plans', { id, displayName: id, spec });
    const members = ['admin', 'developer', 'viewer'].map((role) => ({
      kind: 'User',
      name: `${role}@acme.example`,
      role: `tenant-${role}`,
    }));
    const made = { slug: newSlug(), plan: id, members };
    const { tenant: body, operation } = await bulkhead.api.change('POST', '/v1/tenants', made);
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    const hosts = [`${made.slug}.example`];
    const host = await bulkhead.api.change('POST', `/v1/tenants/${body.id}/hosts`, { host: hosts[0] });
    expect(host.operation).toMatchObject({ state: 'succeeded' });
    const [row] = await bulkhead.database.query<{ facts: ClusterFacts; spec: PlanSpec }>(
      `SELECT c.facts, v.spec FROM clusters c, plan_versions v WHERE v.plan_id = '${id}'`,
    );
    if (row === undefined) throw new Error('there is no plan');
    await worker.stop();
    return {
      id: body.id,
      slug: made.slug,
      displayName: made.slug,
      members: members as TenantInput['members'],
      plan: { id, version: 1, spec: row.spec },
      hosts,
      environments: [{ name: 'main', namespace: `tn-${made.slug}` }],
      cluster: row.facts,
    };
  } finally {
    await bulkhead.stop();
    rmSync(dir, { recursive: true });
  }
}
