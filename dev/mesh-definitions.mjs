import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from './environment.mjs';
import { Failure } from './failure.mjs';
import { kubeRequest } from './kube-request.mjs';
import { root } from './paths.mjs';
import { waitUntil } from './processes.mjs';

const run = promisify(execFile);
const moduleDir = join(root, 'dev/mesh-crds');
const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Returns the definitions of Istio's kinds, from the Go module that contains them. */
export async function istioDefinitions() {
  return definitionsIn(join(await moduleFolder('istio.io/api'), 'kubernetes/customresourcedefinitions.gen.yaml'));
}

/** Returns the definitions of the standard channel of the Gateway API, including ListenerSet, from its Go module. */
export async function gatewayDefinitions() {
  return definitionsIn(join(await moduleFolder('sigs.k8s.io/gateway-api'), 'config/crd/standard'));
}

/** Returns Bulkhead's own definitions, without schemas, for the kinds of Linkerd that it writes. */
export function linkerdDefinitions() {
  return definitionsIn(join(moduleDir, 'linkerd.yaml'));
}

/** Returns every CustomResourceDefinition of a YAML file, or of all YAML files of a folder. */
export async function definitionsIn(path) {
  const { parseAllDocuments } = await import('yaml');
  const files = path.endsWith('.yaml')
    ? [path]
    : readdirSync(path)
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => join(path, name));
  return files
    .flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS()))
    .filter((object) => object?.kind === 'CustomResourceDefinition');
}

/**
 * Applies definitions to a cluster as an administrator, and waits until all their kinds are served. Existing
 * definitions are updated to this version.
 */
export async function installDefinitions({ url, ca, adminToken }, definitions) {
  const server = { url, ca, token: adminToken };
  await Promise.all(
    definitions.map(async (definition) => {
      const path = `${collection}/${definition.metadata.name}?fieldManager=bulkhead-dev&force=true`;
      const contentType = 'application/apply-patch+yaml';
      const answer = await kubeRequest(server, 'PATCH', path, { body: definition, contentType, timeoutMs: 60_000 });
      if (answer.status >= 300) throw new Failure(`${definition.metadata.name}: ${JSON.stringify(answer.body)}`);
    }),
  );
  for (const { metadata, spec } of definitions) {
    const version = spec.versions.find(({ storage }) => storage).name;
    const path = `/apis/${spec.group}/${version}/${spec.names.plural}?limit=1`;
    // Unknown is 404, known but not ready is 429.
    const canBeListed = async () => (await kubeRequest(server, 'GET', path)).status === 200;
    await waitUntil(canBeListed, { what: metadata.name, timeoutMs: 60_000, intervalMs: 100 });
  }
}

/**
 * Returns the folder of the Go module in the version that go.mod names, after downloading it if needed; go.sum has its
 * checksum.
 */
async function moduleFolder(name) {
  const env = childEnvironment({ GOWORK: 'off', GOFLAGS: '' });
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', name], { cwd: moduleDir, env });
    return JSON.parse(stdout).Dir;
  } catch (error) {
    throw new Failure(
      `The Go module ${name} could not be downloaded:\n${error.stdout || error.stderr || error.message}`,
      {
        cause: error,
      },
    );
  }
}
