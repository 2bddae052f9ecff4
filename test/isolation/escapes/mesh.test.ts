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
      `pods are admitted in ${kind}`,
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

/** Everyone who can write pods in a namespace; cached, so that connections stay open. */
function everyone(namespace: string): Promise<Record<string, Adversary>> {
  const them = known.get(namespace) ?? gather(namespace);
  known.set(namespace, them);
  return them;
}

async function gather(namespace: string): Promise<Record<string, Adversary>> {
  const accounts = { deployer: as('deployer', await tokenOf(namespace, 'deployer')) };
  return { mallory, ...Object.fromEntries(roles.map((role) => [role, as(`${role}@acme.example`)])), ...accounts };
}

/** Runs an attempt in a namespace as everyone, concurrently. */
async function asEveryone(
  namespace: string,
  attempt: (name: string, adversary: Adversary) => Promise<void>,
): Promise<void> {
  const them = Object.entries(await everyone(namespace));
  await Promise.all(them.map(([name, adversary]) => attempt(name, adversary)));
}

describe.for(meshKinds)('in a namespace of %s', (kind) => {
  const made = makersIn(kind);
  const attempts: Attempts = {
    ...markAttempts(made),
    ...containerAttempts(made, placeIn(kind), kind),
    ...objectAttempts(made, placeIn(kind)),
  };

  test.for(Object.entries(attempts))('nobody can create a %s', async ([, [attempt, control, message]]) => {
    await asEveryone(`tn-${kind}`, async (name, adversary) => {
      expect([name, await adversary.create(control())]).toEqual([name, 'admitted']);
      const answer = await adversary.create(attempt());
      expect([name, answer]).not.toEqual([name, 'admitted']);
      expect(answer).toContain(message);
      expect(answer).toContain("ValidatingAdmissionPolicy 'bulkhead-");
    });
  });

  test('all labels that select namespaces, and all of the mesh, are reserved for Bulkhead', async () => {
    const name = `tn-${kind}`;
    const rendered = renderTenant(inputs[kind]);
    const own = rendered.find((object) => object.kind === 'Namespace')?.metadata;
    const meshOnes = ['labels', 'annotations'].flatMap((map) =>
      Object.keys((own as Record<string, Json> | undefined)?.[map] ?? {}).map((key) => [map, key] as const),
    );
    const selected = [...new Set(rendered.flatMap(namespaceLabels))].map((key) => ['labels', key] as const);
    const others = [
      'istio-injection',
      'istio.io/rev',
      'istio.io/dataplane-mode',
      'istio.io/use-waypoint',
      'istio.io/ingress-use-waypoint',
      'topology.istio.io/network',
      'config.linkerd.io/admission-webhooks',
    ].map((key) => ['labels', key] as const);
    const keys = [...meshOnes, ...selected, ...others].filter(([, key]) => key !== 'kubernetes.io/metadata.name');
    expect(selected.length).toBeGreaterThan(1);
    // The labels of Pod Security accept only levels and versions.
    const other = (key: string): string =>
      key.endsWith('-version') ? 'v1.30' : key.startsWith('pod-security') ? 'privileged' : 'other';
    const patch = (map: string, key: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Namespace',
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

/** Returns the keys of labels with which an object selects namespaces. */
function namespaceLabels(object: unknown): string[] {
  if (typeof object !== 'object' || object === null) return [];
  return Object.entries(object).flatMap(([member, value]) => {
    if (member !== 'namespaceSelector' && member !== 'namespaces') return namespaceLabels(value);
    const { matchLabels, matchExpressions } = value as { matchLabels?: object; matchExpressions?: { key: string }[] };
    return [...Object.keys(matchLabels ?? {}), ...(matchExpressions ?? []).map(({ key }) => key)];
  });
}

describe.for(['istio-sidecar', 'linkerd'] as const)('a pod with the proxy of %s', (kind) => {
  const made = makersIn(kind);
  const { pod, container, restricted, marked, deployment } = made;
  const namespace = `tn-${kind}`;
  const proxy = kind === 'linkerd' ? 'linkerd-proxy' : 'istio-proxy';
  const named = (spec: Json): KubernetesObject => ({ ...pod(spec), metadata: { name: 'web', namespace } });

  beforeAll(async () => {
    await mallory.objects.create(named({}));
  });

  test('is admitted unchanged', async () => {
    const { spec } = await mesh.own.cluster.core.readNamespacedPod({ namespace, name: 'web' });
    expect(spec?.initContainers?.map(({ name }) => name)).toContain(proxy);
    expect(spec?.containers).toHaveLength(1);
  });

  test('is admitted if a controller creates it', async () => {
    await mallory.objects.create(deployment(1));
    await eventually('a pod of the Deployment is there', async () => {
      const { items } = await mesh.own.cluster.core.listNamespacedPod({ namespace, labelSelector: 'app=escape' });
      return items.some(({ spec }) => spec?.initContainers?.some(({ name }) => name === proxy) === true);
    });
    await mallory.objects.delete(deployment(1));
  });

  test('is refused without its proxy', async () => {
    expect(await mallory.create(marked({ annotations: { note: 'x' } }))).toBe('admitted');
    expect(await mallory.create(marked(PASSED_OVER))).toContain('The proxy of the mesh was not injected');
  });

  test('keeps the image of its proxy', async () => {
    const web = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace } };
    const change = (list: string, name: string, to: string): KubernetesObject =>
      Object.assign({ spec: { [list]: [{ name, image: to }] } }, web);
    const by = async (adversary: Adversary, object: KubernetesObject): Promise<string> =>
      outcome(
        adversary.objects.patch(
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
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace, annotations } as never,
    });
    expect(await mallory.patch(patch({ note: 'x' }))).toBe('admitted');
    expect(await mallory.patch(patch({ [key]: null }))).toContain('must stay');
    expect(await mallory.patch(patch({ [key]: 'other' }))).toContain('must stay');
  });

  test('lets nobody into its proxy', async () => {
    const api = mallory.config.makeApiClient(CoreV1Api);
    const into = (name: string): Promise<unknown> =>
      api.connectPostNamespacedPodExec({ name: 'web', namespace, container: name, command: 'sh' }).catch(String);
    expect(await into(proxy)).toContain('cannot be entered');
    // It fails only because there is no node.
    expect(await into('a')).toContain('does not have a host assigned');
    const debug = (more: Json): Promise<string> =>
      outcome(
        api.patchNamespacedPodEphemeralcontainers(
          {
            name: 'web',
            namespace,
            dryRun: 'All',
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

  test('must set a user, and in Istio a group, where they are written', async () => {
    const silent = { runAsNonRoot: true, seccompProfile: restricted.securityContext.seccompProfile };
    const template = (securityContext: Json): KubernetesObject => {
      const object = deployment(1) as KubernetesObject & { spec: { template: { spec: Json } } };
      Object.assign(object.spec.template.spec, { securityContext });
      return object;
    };
    for (const make of [(securityContext: Json) => pod({ securityContext }), template]) {
      expect(await mallory.create(make({ ...silent, runAsUser: 1000, runAsGroup: 1000 }))).toBe('admitted');
      expect(await mallory.create(make(silent))).toContain('must set runAsUser');
      const withoutGroup = await mallory.create(make({ ...silent, runAsUser: 1000 }));
      if (kind === 'linkerd') expect(withoutGroup).toBe('admitted');
      else expect(withoutGroup).toContain('with Istio runAsGroup');
    }
  });
});

describe('kinds of meshes', () => {
  test.for([...meshKindExamples, ...linkerdKindExamples])(
    'tenants cannot create %s %s',
    async ([apiVersion, kind, spec]) => {
      const namespace = 'tn-istio-sidecar';
      const object = { apiVersion, kind, metadata: { name: 'escape', namespace }, spec } as KubernetesObject;
      // As an administrator of the cluster the object is admitted, so it has no other fault.
      expect(await outcome(mesh.own.cluster.objects.create(object, undefined, 'All'))).toBe('admitted');
      await asEveryone(namespace, async (name, adversary) => {
        const expected = name === 'mallory' ? 'The mesh is configured by Bulkhead' : 'cannot create resource';
        expect(await adversary.create(object)).toContain(expected);
      });
    },
  );

  test('tenants cannot change existing ones', async () => {
    const existing = renderTenant(inputs['istio-sidecar']).filter(({ apiVersion }) => apiVersion.includes('istio.io'));
    expect(existing.length).toBeGreaterThan(3);
    for (const { apiVersion, kind, metadata } of existing) {
      const object = { apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace ?? '' } };
      expect(await mallory.delete(object)).toMatch(/managed by Bulkhead|The mesh is configured/);
      expect(await mallory.patch({ ...object, spec: null } as never)).toMatch(
        /managed by Bulkhead|The mesh is configured/,
      );
    }
  });
});
