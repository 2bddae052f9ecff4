/** The pod of a first example of Kubernetes that "restricted" admits. */
const podIn = (namespace) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'bench', namespace },
  spec: {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'a',
        image: 'registry.example/a:1',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      },
    ],
  },
});

/** Creates a namespace without Bulkhead, in which pods need no token. */
export async function makePlainNamespace(cluster, name) {
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const metadata = { name: 'default', namespace: name };
  await cluster.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false });
}

/**
 * Creates the same pod in both namespaces in turn, each time as a dry run, which goes through all of admission.
 * @param {string} [user] who is impersonated; absent: an administrator, to whom some policies do not apply
 * @returns {Promise<{ tenant: number[], plain: number[] }>} milliseconds, without the first tenth
 */
export async function podLatencies(cluster, { namespace, plain, count, user }) {
  const times = { tenant: [], plain: [] };
  for (let number = 0; number < count; number++) {
    for (const [what, where] of [
      ['tenant', namespace],
      ['plain', plain],
    ]) {
      const path = `/api/v1/namespaces/${where}/pods?dryRun=All`;
      const startedAt = performance.now();
      await cluster.request('POST', path, { body: podIn(where), user });
      if (number >= count / 10) times[what].push(performance.now() - startedAt);
    }
  }
  return times;
}
