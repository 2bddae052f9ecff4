import { isMeshVolume } from './mesh-containers.js';
import { MESH_ANNOTATION, parameter } from './parameters.js';
import { type Validation } from './policy.js';

/** Sources from the namespace of the pod, and tokens, whose audience has a rule of its own. */
const allowed = ['configMap', 'downwardAPI', 'secret', 'serviceAccountToken'];

/**
 * Restricts what a projected volume can be made of. A podCertificate lets the kubelet ask any signer of the cluster for a
 * certificate that names the pod (KEP-4317); clusterTrustBundle reads objects outside of the namespace (KEP-3257). A
 * mesh may inject its roots that way. What later versions add is refused, too.
 */
export const projections: Validation = {
  expression:
    'object.spec.?volumes.orValue([]).all(v, v.?projected.?sources.orValue([]).all(s, ' +
    `${allowed.map((source) => `has(s.${source})`).join(' || ')} || ` +
    `(has(s.clusterTrustBundle) && ${parameter(MESH_ANNOTATION)} != '' && ${isMeshVolume('v.name')})))`,
  message: `Projected volumes can have these sources only: ${allowed.join(', ')}.`,
};
