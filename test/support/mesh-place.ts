import { ensureSharedObjects } from '#clusters';
import {
  DEFAULT_PROVISIONER,
  type KubernetesObject as Rendered,
  renderTenant,
  type TenantInput,
  type AdmissionBaseline,
} from '#isolation';
import { KubeClient, loadCredentials } from '#kube';

import { installDefinitions, linkerdDefinitions } from '../../dev/mesh-definitions.mjs';
import { injectIstio, injectLinkerd } from './injected-pods.js';
import { type Injector, startInjector } from './injector.js';
import { installMeshCrds } from './mesh-crds.js';
import { type OwnCluster, startOwnCluster } from './own-cluster.js';

/** Metadata of a pod that the injectors of a `MeshPlace` skip, as real ones skip pods for various reasons. */
export const PASSED_OVER = { annotations: { 'pass-over': 'true' } };

/**
 * A control plane with the kinds of all meshes, the admission baseline, tenants' namespaces and injectors, but no
 * worker.
 */
export class MeshPlace {
  private constructor(
    readonly own: OwnCluster,
    private readonly injector: Injector,
    private readonly kube: KubeClient,
  ) {}

  /**
   * Resolves once the admission baseline for a cluster with this mesh is in force. Namespaces of any mesh can be among
   * the tenants'.
   */
  static async start(mesh: AdmissionBaseline['mesh'], tenants: readonly TenantInput[]): Promise<MeshPlace> {
    const own = await startOwnCluster();
    await installMeshCrds(own.plane, 'istio', 'gateway-api');
    await installDefinitions(own.plane, await linkerdDefinitions());
    const kube = new KubeClient(loadCredentials(own.workerKubeconfig));
    const rendered = tenants.flatMap(renderTenant);
    const notes = new Map(
      rendered
        .filter(({ kind }) => kind === 'Namespace')
        .map(({ metadata }) => [metadata.name, metadata.annotations ?? {}]),
    );
    const injector = await startInjector(own.cluster, [...notes.keys()], (pod, namespace) => {
      const ofNamespace = notes.get(namespace) ?? {};
      if (Object.keys(PASSED_OVER.annotations).some((key) => key in (pod.metadata?.annotations ?? {}))) return pod;
      if (ofNamespace['bulkhead.io/mesh'] === 'istio-sidecar') return injectIstio(pod);
      return ofNamespace['bulkhead.io/mesh'] === 'linkerd' ? injectLinkerd(pod, ofNamespace) : pod;
    });
    const place = new MeshPlace(own, injector, kube);
    await place.applyBaseline(mesh);
    for (const object of rendered) await place.make(object);
    return place;
  }

  /** Replaces the admission baseline by that of a cluster with this mesh. */
  async applyBaseline(mesh: AdmissionBaseline['mesh']): Promise<void> {
    await ensureSharedObjects(this.kube, { provisioner: DEFAULT_PROVISIONER, mutates: true, mesh });
  }

  async stop(): Promise<void> {
    await this.injector.stop();
    await this.kube.close();
    await this.own.stop();
  }

  /** Creates kinds of meshes as an administrator, and others as the worker does. */
  private async make(object: Rendered): Promise<void> {
    const [group = ''] = object.apiVersion.split('/');
    if (/(istio|linkerd)\.io$|^gateway\./.test(group)) {
      await this.own.cluster.objects.create(object);
    } else {
      await this.kube.apply(object);
    }
  }
}
