import { type KubernetesObject } from '../../model/kubernetes-object.js';
import { judgeAmbient } from './judge-ambient.js';
import { judgeLinkerd } from './judge-linkerd.js';
import { judgeSidecar } from './judge-sidecar.js';
import { type JudgedMesh, type MeshCall, type MeshVerdict } from './mesh-call.js';

/**
 * Judges whether the mesh allows a call to a pod, from objects alone: by documentation and source code, not by the
 * behaviour of a running mesh. Network policies are not considered.
 * @throws UnreadableObjectError for a malformed policy of the mesh
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
