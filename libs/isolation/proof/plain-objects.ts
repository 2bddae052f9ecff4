import { NODE_POOL_KEY } from '../admission/parameters.js';
import { meshOf } from '../mesh/mesh-model.js';
import { type TenantInput } from '../model/tenant-input.js';
import { type TriedWrite } from './trial.js';

type Json = Record<string, unknown>;

/** No object of this name is ever created. */
export const TRIAL_NAME = 'bulkhead-proof';

const DIGEST = `@sha256:${'a'.repeat(64)}`;

/** Objects that a tenant can create under its plan, as a base for faulty ones. */
export class PlainObjects {
  readonly image: string;

  constructor(
    private readonly tenant: TenantInput,
    readonly namespace: string,
  ) {
    this.image = `${tenant.plan.spec.images.registries[0] ?? 'registry.example/'}bulkhead/proof${DIGEST}`;
  }

  /** The same image in a registry that no plan names. */
  readonly foreignImage = `elsewhere.invalid/bulkhead/proof${DIGEST}`;

  /** A container that the Pod Security Standard "restricted" accepts. */
  container(more: Json = {}, securityContext: Json = {}): Json {
    const restricted = {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      ...securityContext,
    };
    return { name: 'proof', image: this.image, imagePullPolicy: 'Always', securityContext: restricted, ...more };
  }

  /** A pod with everything that the plan and "restricted" require, stated explicitly. It never runs. */
  pod(spec: Json = {}, metadata: Json = {}): TriedWrite {
    const { podSecurity, runtimeClass, nodePool } = this.tenant.plan.spec;
    const plain: Json = {
      automountServiceAccountToken: false,
      securityContext: this.podContext(),
      containers: [this.container()],
      ...(podSecurity.userNamespaces && { hostUsers: false }),
      ...(runtimeClass !== null && { runtimeClassName: runtimeClass }),
      ...(nodePool !== null && {
        nodeSelector: { [NODE_POOL_KEY]: nodePool },
        tolerations: [{ key: NODE_POOL_KEY, operator: 'Equal', value: nodePool }],
      }),
    };
    return this.make('v1', 'pods', 'Pod', { spec: { ...plain, ...spec } }, metadata);
  }

  /** The plain pod with another container. */
  podOf(more: Json, securityContext: Json = {}): TriedWrite {
    return this.pod({ containers: [this.container(more, securityContext)] });
  }

  /** The plain pod with further fields in its security context. */
  podWith(securityContext: Json): TriedWrite {
    return this.pod({ securityContext: { ...this.podContext(), ...securityContext } });
  }

  /** In a mesh with sidecars a pod must set a user, other than the proxy's. */
  podContext(): Json {
    const kind = meshOf(this.tenant)?.kind;
    const hasSidecar = kind === 'istio-sidecar' || kind === 'linkerd';
    const user = { runAsUser: 1000, runAsGroup: 1000 };
    return { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, ...(hasSidecar && user) };
  }

  /** A workload that never runs: no pod of it is ever created. */
  deployment(replicas: number, ofPods: Json = {}, metadata: Json = {}): TriedWrite {
    const labels = { app: TRIAL_NAME };
    const template = {
      metadata: { labels },
      spec: { securityContext: this.podContext(), containers: [this.container()], ...ofPods },
    };
    const spec = { replicas, selector: { matchLabels: labels }, template };
    return this.make('apps/v1', 'deployments', 'Deployment', { spec }, metadata);
  }

  /** The plain workload, whose pods have further metadata. */
  template(metadata: Json): TriedWrite {
    const { body, ...write } = this.deployment(1);
    const { spec } = body as { spec: { template: { metadata: Json } } };
    const template = { ...spec.template, metadata: { ...spec.template.metadata, ...metadata } };
    return { ...write, body: { ...body, spec: { ...spec, template } } };
  }

  /** The plain workload, which keeps this many old revisions. */
  revisedDeployment(revisionHistoryLimit: number): TriedWrite {
    const { body, ...write } = this.deployment(1);
    const { spec } = body as { spec: Json };
    return { ...write, body: { ...body, spec: { ...spec, revisionHistoryLimit } } };
  }

  service(spec: Json = {}, metadata: Json = {}): TriedWrite {
    return this.make('v1', 'services', 'Service', { spec: { ports: [{ port: 80 }], ...spec } }, metadata);
  }

  claim(spec: Json = {}, metadata: Json = {}): TriedWrite {
    const [storageClass] = this.tenant.plan.spec.storageClasses;
    const plain = {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Mi' } },
      // A claim may name a class that does not exist yet.
      storageClassName: storageClass ?? TRIAL_NAME,
    };
    const whole = { spec: { ...plain, ...spec } };
    return this.make('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', whole, metadata);
  }

  account(metadata: Json = {}): TriedWrite {
    return this.make('v1', 'serviceaccounts', 'ServiceAccount', { automountServiceAccountToken: false }, metadata);
  }

  networkPolicy(spec: Json, metadata: Json = {}): TriedWrite {
    const whole = { spec: { podSelector: { matchLabels: { app: TRIAL_NAME } }, ...spec } };
    return this.make('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', whole, metadata);
  }

  role(rule: Json = {}): TriedWrite {
    const plain = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
    return this.make('rbac.authorization.k8s.io/v1', 'roles', 'Role', { rules: [{ ...plain, ...rule }] });
  }

  roleBinding(clusterRole: string, subjects: readonly Json[], metadata: Json = {}): TriedWrite {
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterRole };
    return this.make('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding', { roleRef, subjects }, metadata);
  }

  /** Any object of a namespace, to be created. */
  make(apiVersion: string, resource: string, kind: string, more: Json, metadata: Json = {}): TriedWrite {
    const { namespace } = this;
    const body = { apiVersion, kind, metadata: { name: TRIAL_NAME, namespace, ...metadata }, ...more };
    return { verb: 'create', apiVersion, resource, kind, namespace, body };
  }
}
