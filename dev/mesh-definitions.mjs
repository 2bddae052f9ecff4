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

/** The definitions of Istio's kinds, from the Go module that carries them. */
export async function istioDefinitions() {
  return definitionsIn(join(await moduleFolder('istio.io/api'), 'kubernetes/customresourcedefinitions.gen.yaml'));
}

/** The definitions of the standard channel of Gateway API, ListenerSet among them, from its Go module. */
export async function gatewayDefinitions() {
  return definitionsIn(join(await moduleFolder('sigs.k8s.io/gateway-api'), 'config/crd/standard'));
}

/** Definitions of Bulkhead's own, without schemas, for the kinds of Linkerd that it writes. */
export function linkerdDefinitions() {
  return definitionsIn(join(moduleDir, 'linkerd.yaml'));
}

/** Every CustomResourceDefinition of a YAML file, or of all YAML files of a folder. */
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
 * Applies definitions to a cluster as an administrator, and waits until all of their kinds are served. Definitions
 * that stand already are brought to this version.
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
    // Not known yet is 404, known and not ready 429.
    const canBeListed = async () => (await kubeRequest(server, 'GET', path)).status === 200;
    await waitUntil(canBeListed, { what: metadata.name, timeoutMs: 60_000, intervalMs: 100 });
  }
}

/** Where the Go module lies whose version go.mod names, downloaded first where it must be; go.sum has its checksum. */
async function moduleFolder(name) {
  const env = childEnvironment({ GOWORK: 'off', GOFLAGS: '' });
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', name], { cwd: moduleDir, env });
    return JSON.parse(stdout).Dir;
  } catch (error) {
    throw new Failure(`The Go module ${name} could not be had:\n${error.stdout || error.stderr || error.message}`, {
      cause: error,
    });
  }
}
