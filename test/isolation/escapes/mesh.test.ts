import { CoreV1Api, type KubernetesObject, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { renderTenant } from '#isolation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { eventually } from '../../support/eventually.js';
import { MeshPlace, PASSED_OVER } from '../../support/mesh-place.js';
import { meshKinds } from '../meshes.js';
import { Adversary, outcome } from './adversary.js';
import { digest, image, type Json } from './makers.js';
import { type Attempts, containerAttempts, markAttempts, objectAttempts } from './mesh-attempts.js';
import { linkerdKindExamples, meshKindExamples } from './mesh-kinds.js';
import { inputs, makersIn, placeIn, roles } from './mesh-tenants.js';

let mesh: MeshPlace;
let mallory: Adversary;

beforeAll(async () => {
  mesh = await MeshPlace.start({ kind: 'istio-sidecar', controlPlaneNamespace: 'istio-system' }, Object.values(inputs));
  mallory = as('mallory@acme.example');
  for (const kind of meshKinds) {
    await mallory.become(mesh.own.cluster, `tn-${kind}`);
    await eventually(
      `pods are let in in ${kind}`,
      async () => (await mallory.create(makersIn(kind).pod())) === 'admitted',
    );
  }
});
afterAll(() => mesh.stop());

function as(user: string, token?: string): Adversary {
  return new Adversary(user, token, mesh.own.plane.adminKubeconfig);
}

async function tokenOf(namespace: string, name: string): Promise<string> {
  const body = { spec: { audiences: [] } };
  const { status } = await mesh.own.cluster.core.createNamespacedServiceAccountToken({ namespace, name, body });
  return status?.token ?? '';
}

const known = new Map<string, Promise<Record<string, Adversary>>>();

/** Everybody who may write pods in a namespace; always the same, whose connections stay open. */
function everybody(namespace: string): Promise<Record<string, Adversary>> {
  const them = known.get(namespace) ?? gather(namespace);
  known.set(namespace, them);
  return them;
}

async function gather(namespace: string): Promise<Record<string, Adversary>> {
  const accounts = { deployer: as('deployer', await tokenOf(namespace, 'deployer')) };
  return { mallory, ...Object.fromEntries(roles.map((role) => [role, as(`${role}@acme.example`)])), ...accounts };
}

/** Something that everybody tries in a namespace, all at once. */
async function asEverybody(
  namespace: string,
  attempt: (name: string, somebody: Adversary) => Promise<void>,
): Promise<void> {
  const them = Object.entries(await everybody(namespace));
  await Promise.all(them.map(([name, somebody]) => attempt(name, somebody)));
}

describe.for(meshKinds)('in a namespace of %s', (kind) => {
  const made = makersIn(kind);
  const attempts: Attempts = {
    ...markAttempts(made),
    ...containerAttempts(made, placeIn(kind), kind),
    ...objectAttempts(made, placeIn(kind)),
  };

  test.for(Object.entries(attempts))('nobody makes a %s', async ([, [attempt, control, message]]) => {
    await asEverybody(`tn-${kind}`, async (name, somebody) => {
      expect([name, await somebody.create(control())]).toEqual([name, 'admitted']);
      const answer = await somebody.create(attempt());
      expect([name, answer]).not.toEqual([name, 'admitted']);
      expect(answer).toContain(message);
      expect(answer).toContain("ValidatingAdmissionPolicy 'bulkhead-");
    });
  });

  test('every label by which namespaces are selected, and every one of the mesh, is Bulkhead’s', async () => {
    const name = `tn-${kind}`;
    const rendered = renderTenant(inputs[kind]);
    const own = rendered.find((object) => object.kind === 'Namespace')?.metadata;
    const meshOnes = ['labels', 'annotations'].flatMap((map) =>
      Object.keys((own as Record<string, Json> | undefined)?.[map] ?? {}).map((key) => [map, key] as const),
    );
    const selected = [...new Set(rendered.flatMap(namespaceLabels))].map((key) => ['labels', key] as const);
    const others = [
      ...['istio-injection', 'istio.io/rev', 'istio.io/dataplane-mode', 'istio.io/use-waypoint'],
      ...['istio.io/ingress-use-waypoint', 'topology.istio.io/network', 'config.linkerd.io/admission-webhooks'],
    ].map((key) => ['labels', key] as const);
    const keys = [...meshOnes, ...selected, ...others].filter(([, key]) => key !== 'kubernetes.io/metadata.name');
    expect(selected.length).toBeGreaterThan(1);
    // Of Pod Security's own labels the API server takes nothing but levels and versions.
    const other = (key: string): string =>
      key.endsWith('-version') ? 'v1.30' : key.startsWith('pod-security') ? 'privileged' : 'other';
    const patch = (map: string, key: string): KubernetesObject => ({
      ...{ apiVersion: 'v1', kind: 'Namespace' },
      metadata: { name, [map]: { [key]: other(key) } },
    });
    expect(await mallory.patch(patch('labels', 'team'))).toBe('admitted');
    for (const [map, key] of keys) {
      expect([key, await mallory.patch(patch(map, key))]).toEqual([
        key,
        expect.stringContaining('are reserved for Bulkhead'),
      ]);
    }
  });
});

/** Keys of labels by which an object selects namespaces. */
function namespaceLabels(object: unknown): string[] {
  if (typeof object !== 'object' || object === null) return [];
  return Object.entries(object).flatMap(([member, value]) => {
    if (member !== 'namespaceSelector' && member !== 'namespaces') return namespaceLabels(value);
    const { matchLabels, matchExpressions } = value as { matchLabels?: object; matchExpressions?: { key: string }[] };
    return [...Object.keys(matchLabels ?? {}), ...(matchExpressions ?? []).map(({ key }) => key)];
  });
}

describe.for(['istio-sidecar', 'linkerd'] as const)('what %s puts into a pod', (kind) => {
  const made = makersIn(kind);
  const { pod, container, restricted, marked, deployment } = made;
  const namespace = `tn-${kind}`;
  const proxy = kind === 'linkerd' ? 'linkerd-proxy' : 'istio-proxy';
  const named = (spec: Json): KubernetesObject => ({ ...pod(spec), metadata: { name: 'web', namespace } });

  beforeAll(async () => {
    await mallory.objects.create(named({}));
  });

  test('is let through whole', async () => {
    const { spec } = await mesh.own.cluster.core.readNamespacedPod({ namespace, name: 'web' });
    expect(spec?.initContainers?.map(({ name }) => name)).toContain(proxy);
    expect(spec?.containers).toHaveLength(1);
  });

  test('is let through in pods that controllers make', async () => {
    await mallory.objects.create(deployment(1));
    await eventually('a pod of the Deployment is there', async () => {
      const { items } = await mesh.own.cluster.core.listNamespacedPod({ namespace, labelSelector: 'app=escape' });
      return items.some(({ spec }) => spec?.initContainers?.some(({ name }) => name === proxy) === true);
    });
    await mallory.objects.delete(deployment(1));
  });

  test('is missed', async () => {
    expect(await mallory.create(marked({ annotations: { note: 'x' } }))).toBe('admitted');
    expect(await mallory.create(marked(PASSED_OVER))).toContain('The proxy of the mesh was not injected');
  });

  test('keeps its image', async () => {
    const web = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace } };
    const change = (list: string, name: string, to: string): KubernetesObject =>
      Object.assign({ spec: { [list]: [{ name, image: to }] } }, web);
    const by = async (somebody: Adversary, object: KubernetesObject): Promise<string> =>
      outcome(
        somebody.objects.patch(
          object,
          undefined,
          'All',
          undefined,
          undefined,
          'application/strategic-merge-patch+json',
        ),
      );
    const another = image.replace('app@', 'other@');
    expect(await by(mallory, change('containers', 'a', another))).toBe('admitted');
    expect(await by(mallory, change('initContainers', proxy, another))).toContain('run its images');
    expect(await by(mallory, change('initContainers', proxy, `docker.io/istio/proxyv2-evil${digest}`))).toContain(
      'run its images',
    );
  });

  test('keeps its marks', async () => {
    const key = kind === 'linkerd' ? 'linkerd.io/proxy-version' : 'sidecar.istio.io/status';
    const patch = (annotations: Json): KubernetesObject => ({
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace, annotations } as never },
    });
    expect(await mallory.patch(patch({ note: 'x' }))).toBe('admitted');
    expect(await mallory.patch(patch({ [key]: null }))).toContain('stays');
    expect(await mallory.patch(patch({ [key]: 'other' }))).toContain('stays');
  });

  test('lets nobody in', async () => {
    const api = mallory.config.makeApiClient(CoreV1Api);
    const into = (name: string): Promise<unknown> =>
      api.connectPostNamespacedPodExec({ name: 'web', namespace, container: name, command: 'sh' }).catch(String);
    expect(await into(proxy)).toContain('cannot be entered');
    // There is no node to go to, and that is all that is missing.
    expect(await into('a')).toContain('does not have a host assigned');
    const debug = (more: Json): Promise<string> =>
      outcome(
        api.patchNamespacedPodEphemeralcontainers(
          {
            ...{ name: 'web', namespace, dryRun: 'All' },
            body: { spec: { ephemeralContainers: [{ ...container, name: 'debug', ...more }] } },
          },
          setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch),
        ),
      );
    expect(await debug({})).toBe('admitted');
    const user = {
      ...restricted.securityContext,
      ...container.securityContext,
      runAsUser: kind === 'linkerd' ? 2102 : 1337,
    };
    expect(await debug({ securityContext: user })).toContain('1337 and 2102');
    expect(await debug({ targetContainerName: proxy })).toContain('must not target proxies');
  });

  test('needs a user to be told from', async () => {
    const silent = { runAsNonRoot: true, seccompProfile: restricted.securityContext.seccompProfile };
    expect(await mallory.create(pod({ securityContext: silent }))).toContain('set runAsUser and runAsGroup');
  });
});

describe('kinds of meshes', () => {
  test.for([...meshKindExamples, ...linkerdKindExamples])(
    '%s %s is not for tenants',
    async ([apiVersion, kind, spec]) => {
      const namespace = 'tn-istio-sidecar';
      const object = { apiVersion, kind, metadata: { name: 'escape', namespace }, spec } as KubernetesObject;
      // An administrator of the cluster shows that nothing else is wrong with it.
      expect(await outcome(mesh.own.cluster.objects.create(object, undefined, 'All'))).toBe('admitted');
      await asEverybody(namespace, async (name, somebody) => {
        const expected = name === 'mallory' ? 'The mesh is configured by Bulkhead' : 'cannot create resource';
        expect(await somebody.create(object)).toContain(expected);
      });
    },
  );

  test('nor are those that stand', async () => {
    const standing = renderTenant(inputs['istio-sidecar']).filter(({ apiVersion }) => apiVersion.includes('istio.io'));
    expect(standing.length).toBeGreaterThan(3);
    for (const { apiVersion, kind, metadata } of standing) {
      const object = { apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace ?? '' } };
      expect(await mallory.delete(object)).toMatch(/managed by Bulkhead|The mesh is configured/);
      expect(await mallory.patch({ ...object, spec: null } as never)).toMatch(
        /managed by Bulkhead|The mesh is configured/,
      );
    }
  });
});
