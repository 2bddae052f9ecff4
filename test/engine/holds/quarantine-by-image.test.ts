import { AppsV1Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ApiAnswer, type TenantBody } from '../../support/api-client.js';
import { Bulkhead, newSlug } from '../../support/bulkhead.js';
import { Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';

interface Radius {
  match: string;
  asOf: string | null;
  hit: number;
  tenants: { id: string; runs: { images: string[]; pods: number; workloads: string[] } | null }[];
}

const cluster = new Cluster();
let bulkhead: Bulkhead;
let running: TenantBody;
let idle: TenantBody;
let stranger: TenantBody;

// Tests share a cluster: what one finds must not be another's.
const repository = `registry.example/${newSlug('image')}`;
const digest = `sha256:${Buffer.from(repository).toString('hex').padEnd(64, '0').slice(0, 64)}`;

beforeAll(async () => {
  bulkhead = await Bulkhead.start();
  await bulkhead.startWorker();
  const newTenant = async (): Promise<TenantBody> =>
    (await bulkhead.api.change('POST', '/v1/tenants', { slug: newSlug(), plan: 'team' })).tenant;
  [running, idle, stranger] = [await newTenant(), await newTenant(), await newTenant()];
  await runPod(running, 'web', `${repository}/app:1.2`);
  await runPod(stranger, 'web', 'registry.example/other/app:1.2');
  const labels = { app: 'web' };
  await cluster.client(AppsV1Api).createNamespacedDeployment({
    namespace: namespaceOf(idle),
    body: {
      metadata: { name: 'later' },
      spec: {
        replicas: 0,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(`${repository}/app:1.2`) },
      },
    },
  });
});
afterAll(() => bulkhead.stop());

const namespaceOf = ({ namespaces }: TenantBody): string => namespaces[0]?.name ?? '';

function podSpec(image: string): { containers: { name: string; image: string }[] } {
  const spec = {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    automountServiceAccountToken: false,
    containers: [
      { name: 'web', image, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
    ],
  };
  return spec;
}

async function runPod(tenant: TenantBody, name: string, image: string): Promise<void> {
  const body = { metadata: { name }, spec: podSpec(image) };
  await cluster.core.createNamespacedPod({ namespace: namespaceOf(tenant), body });
}

const send = (path: string, body: object): Promise<ApiAnswer> =>
  bulkhead.api.send('POST', `/v1/quarantine${path}`, body);
async function preview(selector: object): Promise<Radius> {
  const answer = await send('/preview', { selector });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as unknown as Radius;
}
const idsOf = ({ tenants }: Radius): string[] => tenants.map(({ id }) => id);

test('a preview names the tenants that run an image or would, and the workloads', async () => {
  const radius = await preview({ images: [`${repository}/app:1.2`] });
  expect(idsOf(radius).sort()).toEqual([running.id, idle.id].sort());
  expect(radius.tenants.find(({ id }) => id === running.id)?.runs).toEqual({
    images: [`${repository}/app:1.2`],
    pods: 1,
    workloads: [],
  });
  expect(radius.tenants.find(({ id }) => id === idle.id)?.runs).toMatchObject({
    pods: 0,
    workloads: [`Deployment ${namespaceOf(idle)}/later`],
  });
  expect(Date.parse(radius.asOf ?? '')).toBeGreaterThan(Date.now() - 60_000);
  expect(idsOf(await preview({ images: [`${repository}/`] })).sort()).toEqual(idsOf(radius).sort());
  expect(idsOf(await preview({ images: [`${repository}/app:1.3`] }))).toEqual([]);
});

test('running images are found by the digest that the node pulled', async () => {
  expect(idsOf(await preview({ images: [digest] }))).toEqual([]);
  const status = {
    name: 'web',
    image: `${repository}/app:1.2`,
    imageID: `${repository}/app@${digest}`,
    ready: true,
    restartCount: 0,
    state: {},
    lastState: {},
  };
  await cluster.core.patchNamespacedPodStatus(
    { namespace: namespaceOf(running), name: 'web', body: { status: { containerStatuses: [status] } } },
    setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
  );
  const radius = await preview({ images: [digest] });
  expect(radius.tenants).toMatchObject([{ id: running.id, runs: { images: [`${repository}/app@${digest}`] } }]);
});

test('other criteria must be met in addition to images', async () => {
  expect(idsOf(await preview({ images: [`${repository}/`], tenants: [idle.id, stranger.id] }))).toEqual([idle.id]);
  expect(idsOf(await preview({ images: [`${repository}/`], plan: 'free' }))).toEqual([]);
});

test('exactly the tenants of the preview are quarantined, and lifted together', async () => {
  const selector = { images: [`${repository}/app:1.2`] };
  const { match } = await preview(selector);
  await runPod(stranger, 'late', `${repository}/app:1.2`);
  const wrong = { selector: { images: [`${repository}/`] }, reason: 'CVE', match };
  expect(await send('', wrong)).toMatchObject({ status: 412, body: { code: 'precondition.preview_stale' } });
  const placed = await send('', { selector, reason: 'CVE', match });
  expect(placed.status, JSON.stringify(placed.body)).toBe(202);
  const path = `/v1/quarantine/${String(placed.body['id'])}`;
  const counts = (wanted: string): Promise<boolean> =>
    eventually(`two are ${wanted}`, async () => {
      const { counts: found } = await bulkhead.api.get<{ counts: Record<string, number> }>(path);
      return found[wanted] === 2;
    });
  await counts('in-force');
  expect((await bulkhead.api.get<TenantBody>(`/v1/tenants/${stranger.id}`)).phase).toBe('active');
  // The late one is seen by the next look.
  expect(idsOf(await preview(selector)).sort()).toEqual([running.id, idle.id, stranger.id].sort());
  expect((await bulkhead.api.send('POST', `${path}/lift`)).status).toBe(202);
  await counts('lifted');
});

test('an outdated preview is refused', async () => {
  const selector = { images: [`${repository}/app:1.2`] };
  const { match } = await preview(selector);
  await bulkhead.database.query(`UPDATE previews SET created_at = now() - interval '16 minutes'`);
  expect(await send('', { selector, reason: 'CVE', match })).toMatchObject({ status: 412 });
});

test.for([['Not An Image'], ['sha256:12'], ['']])('"%s" names no image', async ([image]) => {
  const answer = await send('/preview', { selector: { images: [image] } });
  expect(answer).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
  expect(JSON.stringify(answer.body)).toContain('/selector/images/0');
});

test('without a worker, a preview by image times out; others need no worker', async () => {
  const alone = await Bulkhead.start();
  try {
    const looked = await alone.api.send('POST', '/v1/quarantine/preview?wait=1', { selector: { images: [digest] } });
    expect(looked).toMatchObject({ body: { code: 'preview.timeout' } });
    const plain = await alone.api.send('POST', '/v1/quarantine/preview', { selector: { plan: 'team' } });
    expect(plain).toMatchObject({ status: 200, body: { asOf: null, tenants: [] } });
  } finally {
    await alone.stop();
  }
});
