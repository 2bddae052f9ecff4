import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { eventually } from '../../support/eventually.js';
import { type Istiod, startIstiod } from '../../support/istiod.js';
import { installMeshCrds } from '../../support/mesh-crds.js';
import { ACCESS_LOG, LivePod } from '../../support/mesh-live/live-pod.js';
import { OutsideServer } from '../../support/mesh-live/outside-server.js';
import { createPodNetwork, type PodNetwork } from '../../support/mesh-live/pod-network.js';
import { copyPrograms, meshLiveMissing } from '../../support/mesh-live/prerequisites.js';
import { runbookProviders } from '../../support/mesh-live/runbook.js';
import { startNode } from '../../support/mesh-pods.js';
import { type OwnCluster, startOwnCluster } from '../../support/own-cluster.js';
import { unless } from '../../support/requirements.js';

/** Istio builds Envoy with filters of its own, for metrics above all, which the one from the package index has not. */
const forPlainEnvoy = {
  env: { PILOT_ENABLE_METADATA_EXCHANGE: 'false', PILOT_ENABLE_ALPN_FILTER: 'false' },
  meshConfig: {
    extensionProviders: [
      { name: 'prometheus', envoyFileAccessLog: { path: '/dev/null' } },
      ...runbookProviders('observability.md').map(({ envoyFileAccessLog, ...provider }) => ({
        ...provider,
        envoyFileAccessLog: { ...envoyFileAccessLog, path: ACCESS_LOG },
      })),
    ],
  },
};

describe('real proxies', unless(meshLiveMissing), () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'bulkhead-live-'));
  /** Whatever runs is ended in the end, the newest first, also when something after it could not be started. */
  const running: { stop: () => unknown }[] = [];
  const started = <T extends { stop: () => unknown }>(what: T): T => {
    running.push(what);
    return what;
  };
  let own: OwnCluster;
  let network: PodNetwork;
  let istiod: Istiod;
  let bulkhead: Bulkhead;
  let tenants: TenantBody[];
  /** Two pods of one tenant, in two environments, and one of another tenant. */
  let web: LivePod, api: LivePod, foreign: LivePod;
  /** Two servers outside the mesh; the name "api.payments.example" is that of the first. */
  let payments: OutsideServer, stranger: OutsideServer;
  const HOST = 'api.payments.example';

  beforeAll(async () => {
    // Proxies run as a user of their own.
    chmodSync(dir, 0o755);
    own = started(await startOwnCluster());
    await installMeshCrds(own.plane, 'istio', 'gateway-api');
    network = started(await createPodNetwork());
    istiod = started(await startIstiod({ own, dir: path.join(dir, 'istiod'), host: network.host, ...forPlainEnvoy }));
    started(await startNode(own.cluster));
    bulkhead = started(await Bulkhead.start({ kubeconfig: own.workerKubeconfig }));
    const file = path.join(dir, 'cluster.json');
    writeFileSync(file, JSON.stringify({ mesh: { kind: 'istio-sidecar' } }));
    await bulkhead.startWorker({ BULKHEAD_CLUSTER_FILE: file });
    const plan = newSlug('plan');
    const spec = {
      quota: { cpu: '8', memory: '16Gi' },
      environments: { max: 2 },
      mesh: { telemetry: { accessLogs: true } },
      links: { max: 5 },
    };
    await bulkhead.api.send('POST', '/v1/plans', { id: plan, displayName: plan, spec });
    const bodies = [
      { slug: newSlug(), plan, environments: ['main', 'staging'] },
      { slug: newSlug(), plan },
    ];
    tenants = await Promise.all(
      bodies.map(async (body) => (await bulkhead.api.change('POST', '/v1/tenants', body)).tenant),
    );
    const programs = await copyPrograms(dir);
    payments = started(await OutsideServer.start(network, [80, 8081]));
    stranger = started(await OutsideServer.start(network, [80, 8081]));
    const names = { [HOST]: payments.ip, 'evil.example': stranger.ip };
    const newPod = async (tenant: number, environment: number, app: string): Promise<LivePod> => {
      const namespace = tenants[tenant]?.namespaces[environment]?.name ?? '';
      const what = { cluster: own.cluster, istiod, network, dir, programs, namespace, app, ports: [8080, 8081], names };
      return started(await LivePod.start(what));
    };
    [web, api, foreign] = await Promise.all([newPod(0, 0, 'web'), newPod(0, 1, 'api'), newPod(1, 0, 'caller')]);
    await Promise.all([web, api, foreign].map((pod) => pod.ready()));
  }, 1_800_000);
  afterAll(async () => {
    for (const each of running.reverse()) await each.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('a tenant’s own pods reach each other with mutual TLS, as who they are', async () => {
    const caller = `spiffe://cluster.local/ns/${api.pod.namespace}/sa/default`;
    expect(await api.call(web.pod, 8080)).toEqual({ status: 200, caller });
    expect(await api.callPast(web.pod, 8080, 'certificate')).toEqual({ status: 200, caller });
  });

  test('the log of a proxy says whose it is', async () => {
    await api.call(web.pod, 8080);
    const caller = `spiffe://cluster.local/ns/${api.pod.namespace}/sa/default`;
    await eventually('the request is in the log', () =>
      Promise.resolve(
        web.accessLog().includes(`"tenant_id":"${tenants[0]?.id ?? ''}"`) &&
          web.accessLog().includes(`"caller":"${caller}"`),
      ),
    );
    expect(web.accessLog()).not.toContain(tenants[1]?.id);
  });

  test('nobody gets in without mutual TLS, not even from the tenant itself', async () => {
    for (const pod of [api, foreign]) expect(await pod.callPast(web.pod, 8080, 'plain')).toHaveProperty('error');
  });

  test('another tenant finds no way out of its own proxy, and past it none into the other’s', async () => {
    expect(await foreign.call(web.pod, 8080)).not.toHaveProperty('status', 200);
    expect(await foreign.callPast(web.pod, 8080, 'certificate')).toEqual({ status: 403 });
    expect(await web.callPast(foreign.pod, 8080, 'certificate')).toEqual({ status: 403 });
  });

  test('a link opens exactly its port to exactly its caller, and closes again when it is revoked', async () => {
    const [provider, consumer] = tenants;
    expect(await foreign.callPast(web.pod, 8080, 'certificate')).toEqual({ status: 403 });
    const { body } = await bulkhead.api.send('POST', '/v1/links', {
      provider: { tenantId: provider?.id, service: web.pod.app, ports: [8080] },
      consumer: { tenantId: consumer?.id, serviceAccount: 'default' },
      reason: 'Tried.',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      consents: ['provider', 'consumer'],
    });
    const caller = `spiffe://cluster.local/ns/${foreign.pod.namespace}/sa/default`;
    await eventually('the link is open', async () => (await foreign.call(web.pod, 8080)).status === 200);
    expect(await foreign.call(web.pod, 8080)).toEqual({ status: 200, caller });
    expect(await foreign.callPast(web.pod, 8081, 'certificate')).toEqual({ status: 403 });
    expect(await web.callPast(foreign.pod, 8080, 'certificate')).toEqual({ status: 403 });
    await bulkhead.api.send('DELETE', `/v1/links/${String(body['id'])}`);
    await eventually(
      'the link is closed',
      async () => (await foreign.callPast(web.pod, 8080, 'certificate')).status === 403,
    );
    expect(await foreign.call(web.pod, 8080)).not.toHaveProperty('status', 200);
    expect(await api.call(web.pod, 8080)).toHaveProperty('status', 200);
  });

  /** Sets a rule of the first tenant beyond its plan, and returns how to remove it. */
  const setRule = async (rule: object): Promise<() => Promise<unknown>> => {
    const path = `/v1/tenants/${tenants[0]?.id ?? ''}/network-rules`;
    const { tenant, operation } = await bulkhead.api.change('POST', path, {
      direction: 'egress',
      action: 'allow',
      reason: 'Tried.',
      beyondPlan: true,
      ...rule,
    });
    expect(operation).toMatchObject({ state: 'succeeded', error: null });
    return () => bulkhead.api.change('DELETE', `${path}/${tenant.id}`);
  };
  const reached = async (pod: LivePod, host: string, port: number, name: string): Promise<string | undefined> => {
    const { status, address } = await pod.callOutside({ host, port, name });
    return status === 200 ? address : undefined;
  };

  test('a rule opens a host by its name alone, wherever a pod claims it to be, and to its tenant alone', async () => {
    expect(await reached(web, payments.ip, 80, HOST)).toBeUndefined();
    const remove = await setRule({ hosts: [HOST], ports: [{ port: 80 }] });
    await eventually('the host is open', async () => (await reached(web, payments.ip, 80, HOST)) === payments.ip);
    // Another address under the same name: the proxy goes where the name leads.
    expect(await reached(web, stranger.ip, 80, HOST)).toBe(payments.ip);
    expect(await reached(web, payments.ip, 80, 'evil.example')).toBeUndefined();
    expect(await reached(web, stranger.ip, 80, 'evil.example')).toBeUndefined();
    expect(await reached(web, payments.ip, 8081, HOST)).toBeUndefined();
    expect(await reached(foreign, payments.ip, 80, HOST)).toBeUndefined();
    await remove();
    await eventually('it is closed', async () => (await reached(web, payments.ip, 80, HOST)) === undefined);
  });

  test('a rule opens a range on every listener, beside the services of the mesh', async () => {
    for (const port of [80, 8081]) expect(await reached(web, payments.ip, port, HOST)).toBeUndefined();
    const remove = await setRule({ cidrs: [`${payments.ip}/32`] });
    // Of the second port the mesh has a service of its own.
    for (const port of [80, 8081]) {
      await eventually(
        `port ${port} is open`,
        async () => (await reached(web, payments.ip, port, 'x')) === payments.ip,
      );
      expect(await reached(web, stranger.ip, port, 'x')).toBeUndefined();
      expect(await reached(foreign, payments.ip, port, 'x')).toBeUndefined();
    }
    expect(await api.call(web.pod, 8081)).toHaveProperty('status', 200);
    await remove();
    await eventually('it is closed', async () => (await reached(web, payments.ip, 8081, 'x')) === undefined);
  });

  test('a tenant in quarantine reaches not even itself', async () => {
    const held = { source: 'security', effect: 'quarantine', reason: 'Tried.' };
    await bulkhead.api.change('POST', `/v1/tenants/${tenants[0]?.id ?? ''}/holds`, held);
    await eventually(
      'its own pods are refused',
      async () => (await api.callPast(web.pod, 8080, 'certificate')).status === 403,
    );
    expect(await api.call(web.pod, 8080)).not.toHaveProperty('status', 200);
    expect(await foreign.call(foreign.pod, 8080)).toHaveProperty('status', 200);
  });
});
