import { serviceCidr } from './control-plane-flags.mjs';
import { gatewayDefinitions, installDefinitions, istioDefinitions, linkerdDefinitions } from './mesh-definitions.mjs';
import { readJson, writePrivateJson } from './private-files.mjs';
import { step } from './progress.mjs';

const definitions = {
  'istio-sidecar': [istioDefinitions, gatewayDefinitions],
  'istio-ambient': [istioDefinitions, gatewayDefinitions],
  linkerd: [linkerdDefinitions, gatewayDefinitions],
};

/**
 * Address ranges that no API tells. Services have those of the API server's flags; pods would have these, if there were
 * nodes. Without them, what reaches them would depend on the network plug-in.
 */
const networks = { podCidrs: ['10.244.0.0/16'], serviceCidrs: [serviceCidr] };

/**
 * Installs the kinds of a mesh in the development control plane, and records the mesh for the worker, which cannot
 * detect it because no control plane of a mesh runs here.
 * @returns the environment of the worker, and whether an earlier start had another mesh
 */
export async function ensureMesh(plane, kind, folder) {
  if (kind !== 'none') {
    await step(`Install the kinds of ${kind}`, async () => {
      const sets = await Promise.all(definitions[kind].map((definitionsOf) => definitionsOf()));
      await installDefinitions(plane, sets.flat());
    });
  }
  // The user's own description of the cluster takes precedence.
  if (process.env.BULKHEAD_CLUSTER_FILE) return { env: {}, isNew: false };
  const before = readJson(folder.cluster)?.mesh?.kind ?? 'none';
  // There is no injector here, so no pod could have a proxy.
  writePrivateJson(folder.cluster, { ...networks, mesh: { kind, requiresProxies: false } });
  return { env: { BULKHEAD_CLUSTER_FILE: folder.cluster }, isNew: before !== kind };
}
