import { type KubernetesObject } from '../../model/kubernetes-object.js';
import { judgeAmbient } from './judge-ambient.js';
import { judgeLinkerd } from './judge-linkerd.js';
import { judgeSidecar } from './judge-sidecar.js';
import { type JudgedMesh, type MeshCall, type MeshVerdict } from './mesh-call.js';

/**
 * Whether the mesh lets a call through to a pod, by objects alone: what their documentation and sources say, and not
 * what a running mesh does. The network policies are not asked.
 * @throws UnreadableObjectError for a policy of the mesh that is not of its form
 */
export function judgeMesh(objects: readonly KubernetesObject[], mesh: JudgedMesh, call: MeshCall): MeshVerdict {
  switch (mesh.kind) {
    case 'istio-sidecar':
      return judgeSidecar(objects, mesh, call);
    case 'istio-ambient':
      return judgeAmbient(objects, mesh, call);
    case 'linkerd':
      return judgeLinkerd(objects, mesh, call);
  }
}
