import {
  ApiextensionsV1Api,
  type ApiType,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  NetworkingV1Api,
  RbacAuthorizationV1Api,
  type V1ObjectMeta,
} from '@kubernetes/client-node';
import { inject } from 'vitest';

import { auditedLines } from './audit-log.js';
import { eventually } from './eventually.js';

/** The label of every object of a tenant. */
const TENANT_ID = 'bulkhead.io/tenant-id';

/** Inspects the cluster with the official client as an administrator, independent of our own client. */
export class Cluster {
  readonly core: CoreV1Api;
  readonly networking: NetworkingV1Api;
  readonly rbac: RbacAuthorizationV1Api;
  /** Objects of any kind. */
  readonly objects: KubernetesObjectApi;
  private readonly config = new KubeConfig();

  constructor(kubeconfig = inject('adminKubeconfig')) {
    const { config } = this;
    config.loadFromFile(kubeconfig);
    this.objects = KubernetesObjectApi.makeApiClient(config);
    this.core = config.makeApiClient(CoreV1Api);
    this.networking = config.makeApiClient(NetworkingV1Api);
    this.rbac = config.makeApiClient(RbacAuthorizationV1Api);
  }

  /** Returns a client for another API group. */
  client<T extends ApiType>(type: new (configuration: never) => T): T {
    return this.config.makeApiClient<T>(type as never);
  }

  /** Defines a new cluster-scoped kind in a separate group, and waits until it is served. */
  async defineKind(kind: string): Promise<{ apiVersion: string; kind: string; remove: () => Promise<void> }> {
    const group = `g${Date.now().toString(36)}.bulkhead.test`;
    const plural = `${kind.toLowerCase()}s`;
    const name = `${plural}.${group}`;
    const schema = { openAPIV3Schema: { type: 'object' } };
    const versions = [{ name: 'v1', served: true, storage: true, schema }];
    const spec = { group, scope: 'Cluster', names: { kind, plural, singular: kind.toLowerCase() }, versions };
    const extensions = this.client(ApiextensionsV1Api);
    await extensions.createCustomResourceDefinition({ body: { metadata: { name }, spec } });
    const apiVersion = `${group}/v1`;
    await eventually(`${name} is served`, async () => (await this.objects.list(apiVersion, kind)).items.length === 0);
    return {
      apiVersion,
      kind,
      remove: () => extensions.deleteCustomResourceDefinition({ name }).then(() => undefined),
    };
  }

  /** Returns the names of the tenant's namespaces, found by label. */
  async namespacesOf(tenantId: string): Promise<string[]> {
    const { items } = await this.core.listNamespace({ labelSelector: `${TENANT_ID}=${tenantId}` });
    return items.map(({ metadata }) => metadata?.name ?? '').sort();
  }

  /** Returns `Kind/[namespace/]name` of every object in the cluster with the tenant's id. */
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

  /** Returns `spec.hard` of a quota in a namespace. */
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
  /** The user that was impersonated. */
  impersonatedUser?: { username: string; groups?: string[] };
  requestURI: string;
  responseStatus: { code: number };
  stage: string;
}

/** Returns write requests of the worker whose URI contains a text, as recorded by the API server itself. */
export function workerWrites(containing: string): AuditedWrite[] {
  return auditedLines()
    .filter((line) => line.includes(containing))
    .map((line) => JSON.parse(line) as AuditedWrite)
    .filter(({ stage, user }) => stage === 'ResponseComplete' && user.username.endsWith(':bulkhead-worker'));
}

/** Like `workerWrites`, without dry runs: those store nothing. */
export const storedWrites = (containing: string): AuditedWrite[] =>
  workerWrites(containing).filter(({ requestURI }) => !requestURI.includes('dryRun=All'));
