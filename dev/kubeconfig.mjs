import { writePrivateFile } from './private-files.mjs';

/**
 * Writes a kubeconfig with one cluster and one user that only its owner can read.
 * @param {string} path
 * @param {{ url: string, ca: string, token: string }} server
 * @param {string} user name shown by kubectl
 */
export function writeKubeconfig(path, server, user) {
  writePrivateFile(
    path,
    `apiVersion: v1
kind: Config
current-context: bulkhead-dev
clusters:
  - name: bulkhead-dev
    cluster:
      server: ${server.url}
      certificate-authority-data: ${Buffer.from(server.ca).toString('base64')}
contexts:
  - name: bulkhead-dev
    context:
      cluster: bulkhead-dev
      user: ${user}
users:
  - name: ${user}
    user:
      token: ${server.token}
`,
  );
}
