import {
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  type KubernetesObject,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { inject } from 'vitest';

import { type Cluster } from '../../support/cluster.js';
import { eventually } from '../../support/eventually.js';

/** The result of an attempt: `admitted`, or the message of the API server. */
export type Outcome = string;

/**
 * A user with every right within namespaces that RBAC can grant, and on namespaces themselves: only admission can stop
 * it. Every attempt is a dry run, which goes through all of admission and stores nothing.
 */
export class Adversary {
  readonly objects: KubernetesObjectApi;
  private readonly core: CoreV1Api;
  readonly config = new KubeConfig();

  /**
   * @param token of the user; absent: an administrator impersonates the user
   * @param kubeconfig of that administrator; absent: the control plane that test files share
   */
  constructor(
    readonly user = 'mallory@acme.example',
    token?: string,
    kubeconfig: string = inject('adminKubeconfig'),
  ) {
    const { config } = this;
    config.loadFromFile(kubeconfig);
    const server = config.getCurrentCluster();
    if (server === null) throw new Error('the kubeconfig names no cluster');
    if (token === undefined) for (const each of config.users) Object.assign(each, { impersonateUser: user });
    else config.loadFromClusterAndUser(server, { name: user, token });
    this.objects = KubernetesObjectApi.makeApiClient(config);
    this.core = config.makeApiClient(CoreV1Api);
  }

  /** Grants all rights in a namespace, as a well-meaning administrator of the cluster might. */
  async become(cluster: Cluster, namespace: string): Promise<void> {
    const rbac = 'rbac.authorization.k8s.io';
    await cluster.rbac.createNamespacedRoleBinding({
      namespace,
      body: {
        metadata: { name: `everything-${this.user}` },
        roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ apiGroup: rbac, kind: 'User', name: this.user }],
      },
    });
    await eventually('the rights are in force', async () => {
      const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe', namespace } };
      return (await this.create(probe)) === 'admitted';
    });
  }

  create(object: KubernetesObject): Promise<Outcome> {
    return outcome(this.objects.create(object, undefined, 'All'));
  }

  delete(object: KubernetesObject): Promise<Outcome> {
    return outcome(this.objects.delete(object, undefined, 'All'));
  }

  /** Adds an ephemeral container to an existing pod. */
  addContainer(pod: { name: string; namespace: string }, container: object): Promise<Outcome> {
    const body = { spec: { ephemeralContainers: [container] } };
    const strategy = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
    return outcome(this.core.patchNamespacedPodEphemeralcontainers({ ...pod, body, dryRun: 'All' }, strategy));
  }

  /** Changes the status of a Service. */
  patchStatus(
    service: KubernetesObject & { metadata: { name: string; namespace: string } },
    body: object,
  ): Promise<Outcome> {
    const { name, namespace } = service.metadata;
    const strategy = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
    return outcome(this.core.patchNamespacedServiceStatus({ name, namespace, body, dryRun: 'All' }, strategy));
  }

  patch(object: KubernetesObject): Promise<Outcome> {
    return outcome(this.objects.patch(object, undefined, 'All', undefined, undefined, 'application/merge-patch+json'));
  }
}

/** Waits for the answer; any error other than a refusal fails the test. */
export async function outcome(answer: Promise<unknown>): Promise<Outcome> {
  try {
    await answer;
    return 'admitted';
  } catch (error) {
    const { code, body } = error as { code?: number; body?: unknown };
    if (code !== 403 && code !== 422) throw error;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return (JSON.parse(text) as { message: string }).message;
  }
}
