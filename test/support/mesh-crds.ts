import path from 'node:path';

import { type ControlPlane } from '../../dev/control-plane.mjs';
import {
  type Definition,
  definitionsIn,
  gatewayDefinitions,
  installDefinitions,
  istioDefinitions,
} from '../../dev/mesh-definitions.mjs';
import { type Missing } from './requirements.js';

const folder = process.env['BULKHEAD_TEST_CRDS'];

/** The files of a folder with definitions that no package registry provides. */
const given = {
  linkerd: 'linkerd/linkerd-crds-edge-26.8.3.yaml',
  'cluster-network-policy': 'network-policy-api/clusternetworkpolicies-v0.2.0-standard.yaml',
};

/** Why the definitions that no package registry provides cannot be installed here; null if they can. */
export const fullDefinitionsMissing: Missing | null =
  folder === undefined
    ? {
        reason: 'the definitions of Linkerd and ClusterNetworkPolicy are in no package registry',
        remedy: `set BULKHEAD_TEST_CRDS to a folder with ${Object.values(given).join(' and ')}`,
      }
    : null;

type DefinitionSet = 'istio' | 'gateway-api' | 'linkerd' | 'cluster-network-policy';

const sources: Record<DefinitionSet, () => Promise<Definition[]>> = {
  istio: istioDefinitions,
  'gateway-api': gatewayDefinitions,
  linkerd: () => fromFolder(given.linkerd),
  'cluster-network-policy': () => fromFolder(given['cluster-network-policy']),
};

/**
 * Installs the real definitions, with their schemas and rules, into a dedicated control plane: the one that test files
 * share stays without meshes. `linkerd` and `cluster-network-policy` require `fullDefinitionsMissing` to be null.
 */
export async function installMeshCrds(plane: ControlPlane, ...sets: DefinitionSet[]): Promise<void> {
  await installDefinitions(plane, (await Promise.all(sets.map((set) => sources[set]()))).flat());
}

function fromFolder(file: string): Promise<Definition[]> {
  if (folder === undefined) throw new Error(fullDefinitionsMissing?.remedy);
  return definitionsIn(path.join(folder, file));
}
