import { gatewayDefinitions, installDefinitions, istioDefinitions, linkerdDefinitions } from './mesh-definitions.mjs';
import { readJson, writePrivateJson } from './private-files.mjs';
import { step } from './progress.mjs';

const definitions = {
  'istio-sidecar': [istioDefinitions, gatewayDefinitions],
  'istio-ambient': [istioDefinitions, gatewayDefinitions],
  linkerd: [linkerdDefinitions, gatewayDefinitions],
};

/**
 * Gives the development control plane the kinds of a mesh, and writes down for the worker which one it has: there is no
 * control plane of a mesh here by which to find out.
 * @returns the environment of the worker, and whether an earlier start had another mesh
 */
export async function ensureMesh(plane, kind, folder) {
  if (kind !== 'none') {
    await step(`Install the kinds of ${kind}`, async () => {
      const sets = await Promise.all(definitions[kind].map((definitionsOf) => definitionsOf()));
      await installDefinitions(plane, sets.flat());
    });
  }
  // What the user says of the cluster stands.
  if (process.env.BULKHEAD_CLUSTER_FILE) return { env: {}, isNew: false };
  const before = readJson(folder.cluster)?.mesh?.kind ?? 'none';
  // Nothing injects proxies here, so no pod could have one.
  writePrivateJson(folder.cluster, { mesh: { kind, requiresProxies: false } });
  return { env: { BULKHEAD_CLUSTER_FILE: folder.cluster }, isNew: before !== kind };
}
