import { readFileSync } from 'node:fs';

import {
  CoreV1Api,
  KubeConfig,
  NetworkingV1Api,
  RbacAuthorizationV1Api,
  type V1ObjectMeta,
} from '@kubernetes/client-node';
import { inject } from 'vitest';

/** The label that every object of a tenant carries. */
const TENANT_ID = 'bulkhead.io/tenant-id';

/** Looks at the cluster with the official client and an administrator's rights, independent of our own client. */
export class Cluster {
  readonly core: CoreV1Api;
  readonly networking: NetworkingV1Api;
  readonly rbac: RbacAuthorizationV1Api;

  constructor(kubeconfig = inject('adminKubeconfig')) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.core = config.makeApiClient(CoreV1Api);
    this.networking = config.makeApiClient(NetworkingV1Api);
    this.rbac = config.makeApiClient(RbacAuthorizationV1Api);
  }

  /** Names of the tenant's namespaces, found by label. */
  async namespacesOf(tenantId: string): Promise<string[]> {
    const { items } = await this.core.listNamespace({ labelSelector: `${TENANT_ID}=${tenantId}` });
    return items.map(({ metadata }) => metadata?.name ?? '').sort();
  }

  /** `Kind/[namespace/]name` of everything in the cluster that carries the tenant's id. */
  async objectsOf(tenantId: string): Promise<string[]> {
    const query = { labelSelector: `${TENANT_ID}=${tenantId}` };
    const lists: [string, { items: { metadata?: V1ObjectMeta }[] }][] = [
      ['Namespace', await this.core.listNamespace(query)],
      ['ResourceQuota', await this.core.listResourceQuotaForAllNamespaces(query)],
      ['LimitRange', await this.core.listLimitRangeForAllNamespaces(query)],
      ['ServiceAccount', await this.core.listServiceAccountForAllNamespaces(query)],
      ['NetworkPolicy', await this.networking.listNetworkPolicyForAllNamespaces(query)],
      ['RoleBinding', await this.rbac.listRoleBindingForAllNamespaces(query)],
    ];
    return lists.flatMap(([kind, { items }]) => items.map(({ metadata }) => nameOf(kind, metadata))).sort();
  }

  /** `spec.hard` of a quota of a namespace. */
  async quota(namespace: string, name = 'tenant-quota'): Promise<Record<string, string>> {
    return (await this.core.readNamespacedResourceQuota({ namespace, name })).spec?.hard ?? {};
  }
}

function nameOf(kind: string, metadata: V1ObjectMeta | undefined): string {
  return [kind, ...(metadata?.namespace === undefined ? [] : [metadata.namespace]), metadata?.name ?? ''].join('/');
}

/** One line of the API server's audit log. */
export interface AuditedWrite {
  verb: string;
  user: { username: string };
  /** In whose name the user sent the request. */
  impersonatedUser?: { username: string; groups?: string[] };
  requestURI: string;
  responseStatus: { code: number };
  stage: string;
}

/** Write requests of the worker whose address contains a text, as the API server itself recorded them. */
export function workerWrites(containing: string): AuditedWrite[] {
  return readFileSync(inject('auditLog'), 'utf8')
    .split('\n')
    .filter((line) => line.includes(containing))
    .map((line) => JSON.parse(line) as AuditedWrite)
    .filter(({ stage, user }) => stage === 'ResponseComplete' && user.username.endsWith(':bulkhead-worker'));
}
