import path from 'node:path';

import { type ControlPlane } from '../../dev/control-plane.mjs';
import {
  type Definition,
  definitionsIn,
  gatewayDefinitions,
  installDefinitions,
  istioDefinitions,
} from '../../dev/mesh-definitions.mjs';

const folder = process.env['BULKHEAD_TEST_CRDS'];

/** The reason why the definitions that no package registry provides cannot be installed here; null if they can. */
export const fullDefinitionsMissing =
  folder === undefined ? 'BULKHEAD_TEST_CRDS names no folder with the definitions of Linkerd' : null;

type DefinitionSet = 'istio' | 'gateway-api' | 'linkerd' | 'cluster-network-policy';

const sources: Record<DefinitionSet, () => Promise<Definition[]>> = {
  istio: istioDefinitions,
  'gateway-api': gatewayDefinitions,
  linkerd: () => fromFolder('linkerd/linkerd-crds-edge-26.8.3.yaml'),
  'cluster-network-policy': () => fromFolder('network-policy-api/clusternetworkpolicies-v0.2.0-standard.yaml'),
};

/**
 * Installs the real definitions, with their schemas and rules, into a dedicated control plane: the one that test files
 * share stays without meshes. `linkerd` and `cluster-network-policy` require `fullDefinitionsMissing` to be null.
 */
export async function installMeshCrds(plane: ControlPlane, ...sets: DefinitionSet[]): Promise<void> {
  await installDefinitions(plane, (await Promise.all(sets.map((set) => sources[set]()))).flat());
}

function fromFolder(file: string): Promise<Definition[]> {
  if (folder === undefined) throw new Error(fullDefinitionsMissing ?? '');
  return definitionsIn(path.join(folder, file));
}
