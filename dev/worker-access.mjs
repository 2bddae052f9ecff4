import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from './failure.mjs';
import { kubeRequest } from './kube-request.mjs';
import { writeKubeconfig } from './kubeconfig.mjs';
import { root } from './paths.mjs';

const manifestFiles = ['deploy/worker-rbac.yaml', 'deploy/flow-control.yaml'].map((file) => join(root, file));
const namespace = 'bulkhead-system';
const serviceAccount = 'bulkhead-worker';
const yearInSeconds = 365 * 24 * 3600;

/**
 * Gives the worker its own identity with exactly the rights and shares of a real installation, and writes a kubeconfig
 * for it. A worker with administrator rights here would hide a missing right until production.
 * @param {{ url: string, ca: string, adminToken: string }} controlPlane
 * @param {string} kubeconfig path of the file to write
 */
export async function grantWorkerAccess({ url, ca, adminToken }, kubeconfig) {
  const server = { url, ca, token: adminToken };
  const { parseAllDocuments } = await import('yaml');
  for (const document of manifestFiles.flatMap((file) => parseAllDocuments(readFileSync(file, 'utf8')))) {
    const object = document.toJS();
    if (object) await apply(server, object);
  }
  const { token } = (
    await expectOk(server, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`, {
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: yearInSeconds },
      },
    })
  ).status;
  writeKubeconfig(kubeconfig, { url, ca, token }, serviceAccount);
}

function apply(server, object) {
  return expectOk(server, 'PATCH', `${pathOf(object)}?fieldManager=bulkhead-dev&force=true`, {
    body: object,
    contentType: 'application/apply-patch+yaml',
  });
}

/** Returns the path of an object of a built-in kind. The plural is regular for every kind in the manifests. */
function pathOf({ apiVersion, kind, metadata }) {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = metadata.namespace ? `/namespaces/${metadata.namespace}` : '';
  return `${root}${scope}/${kind.toLowerCase().replace(/y$/, 'ie')}s/${metadata.name}`;
}

async function expectOk(server, method, path, options) {
  const { status, body } = await kubeRequest(server, method, path, options);
  if (status >= 300) throw new Failure(`${method} ${path} answered ${status}: ${body.message ?? body}`);
  return body;
}
