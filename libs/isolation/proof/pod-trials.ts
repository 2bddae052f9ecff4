import { NODE_POOL_KEY } from '../admission/parameters.js';
import { TENANT_LABEL } from '../model/labels.js';
import { type TenantInput } from '../model/tenant-input.js';
import { PlainObjects } from './plain-objects.js';
import { changed, control, type Question, refused, type TrialCheck, trialCheck, type TriedWrite } from './trial.js';

type Json = Record<string, unknown>;

const token = (audience?: string): Json => ({
  volumes: [
    {
      name: 'token',
      projected: { sources: [{ serviceAccountToken: { path: 'token', ...(audience !== undefined && { audience }) } }] },
    },
  ],
});

/** No plan allows it. */
const FOREIGN = 'https://proof.invalid';

/** Tests the admission baseline, quotas and limits for pods in one namespace. */
export function podTrials(tenant: TenantInput, namespace: string): TrialCheck[] {
  const plain = new PlainObjects(tenant, namespace);
  const each = (...specs: Json[]): Question[] => [
    control(plain.pod()),
    ...specs.map((spec) => refused(plain.pod(spec), spec)),
  ];
  const elsewhere = { namespaces: ['kube-system'] };
  return [
    ...imageTrials(tenant, plain),
    ...tokenTrials(tenant, plain),
    ...defaultTrials(tenant, plain),
    trialCheck(
      { id: 'block-chosen-nodes', title: 'Pods cannot choose a node or scheduler', area: 'pods' },
      each({ nodeName: 'node-1' }, { schedulerName: 'proof' }),
    ),
    trialCheck(
      { id: 'block-foreign-tolerations', title: 'Pods can tolerate only the taint of their own pool', area: 'pods' },
      each({ tolerations: [{ operator: 'Exists' }] }, { tolerations: [{ key: NODE_POOL_KEY, value: 'another' }] }),
    ),
    trialCheck(
      { id: 'block-system-priority', title: 'Pods cannot take the priority of system pods', area: 'pods' },
      each({ priorityClassName: 'system-cluster-critical' }, { priorityClassName: 'system-node-critical' }),
    ),
    trialCheck({ id: 'block-foreign-affinity', title: 'Pods cannot keep pods of others off a node', area: 'pods' }, [
      control(plain.pod({ affinity: antiAffinity({}) })),
      refused(plain.pod({ affinity: antiAffinity(elsewhere) }), antiAffinity(elsewhere)),
    ]),
    ...hardeningTrials(tenant, plain),
    ...limitTrials(tenant, plain),
  ];
}

function antiAffinity(more: Json): Json {
  const term = { labelSelector: { matchLabels: { app: 'proof' } }, topologyKey: 'kubernetes.io/hostname' };
  return { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...term, ...more }] } };
}

function imageTrials(tenant: TenantInput, plain: PlainObjects): TrialCheck[] {
  const { images } = tenant.plan.spec;
  const image = plain.foreignImage;
  const tag = plain.image.replace(/@sha256:.*/, ':latest');
  const elsewhere: Json[] = [
    { initContainers: [plain.container({ name: 'init', image })] },
    { volumes: [{ name: 'image', image: { reference: image } }] },
  ];
  return [
    trialCheck(
      { id: 'allow-registries', title: 'Images must come from the registries of the plan', area: 'pods' },
      [
        control(plain.pod()),
        refused(plain.podOf({ image }), { 'containers[0].image': image }),
        ...elsewhere.map((spec) => refused(plain.pod(spec), spec)),
      ],
      images.registries.length === 0 ? 'The plan allows images from every registry.' : null,
    ),
    trialCheck(
      { id: 'require-digests', title: 'Images must be named by digest', area: 'pods' },
      [control(plain.pod()), refused(plain.podOf({ image: tag }), { 'containers[0].image': tag })],
      images.requireDigest ? null : 'The plan allows images by tag.',
    ),
  ];
}

function tokenTrials(tenant: TenantInput, plain: PlainObjects): TrialCheck[] {
  const { network, tokenAudiences } = tenant.plan.spec;
  const apis = tenant.cluster.apiAudiences ?? [];
  const allowed = tokenAudiences.find((audience) => !apis.includes(audience));
  // Where the plan allows no audience, a pod without a token has to do.
  const plainOne = control(plain.pod(allowed === undefined ? {} : token(allowed)));
  return [
    trialCheck(
      { id: 'block-api-tokens', title: 'Pods cannot hold a token for the Kubernetes API', area: 'pods' },
      [
        plainOne,
        ...[
          { automountServiceAccountToken: true },
          token(),
          ...['https://kubernetes.default.svc', ...apis].map((audience) => token(audience)),
        ].map((spec) => refused(plain.pod(spec), spec, /no token for the Kubernetes API/)),
      ],
      network.kubeApi ? 'The plan gives pods access to the Kubernetes API.' : null,
    ),
    trialCheck(
      { id: 'block-mesh-tokens', title: 'Pods cannot get an identity of the mesh with a token', area: 'pods' },
      [plainOne, refused(plain.pod(token('istio-ca')), token('istio-ca'), /reserved for the cluster/)],
    ),
    trialCheck(
      { id: 'allow-token-audiences', title: 'Pods can have tokens only for audiences of the plan', area: 'pods' },
      [plainOne, refused(plain.pod(token(FOREIGN)), token(FOREIGN), /tokens for this audience/)],
    ),
    trialCheck({ id: 'withhold-default-tokens', title: 'Pods get no token by default', area: 'pods' }, [
      control(plain.pod()),
      changed(plain.pod({ automountServiceAccountToken: undefined }), null, (pod) =>
        JSON.stringify(pod).includes('serviceAccountToken') ? 'It got a token for the Kubernetes API.' : null,
      ),
    ]),
  ];
}

interface SeenVolume {
  image?: { pullPolicy?: string };
}
interface SeenContainer {
  imagePullPolicy?: string;
  securityContext?: { capabilities?: { drop?: string[] } };
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
}
const containersOf = (pod: Json): SeenContainer[] =>
  ((pod['spec'] as Json | undefined)?.['containers'] ?? []) as SeenContainer[];

/** Tests the defaults that the cluster sets, if it can. */
function defaultTrials(tenant: TenantInput, plain: PlainObjects): TrialCheck[] {
  const { podSecurity } = tenant.plan.spec;
  const cannot = tenant.cluster.mutatesPods === true ? null : 'The cluster has no MutatingAdmissionPolicy.';
  const policiesOf = (pod: Json): (string | undefined)[] => {
    const { volumes = [] } = pod['spec'] as { volumes?: SeenVolume[] };
    return [
      ...containersOf(pod).map(({ imagePullPolicy }) => imagePullPolicy),
      ...volumes.flatMap(({ image }) => (image === undefined ? [] : [image.pullPolicy])),
    ];
  };
  const pulls = (pod: Json): string | null =>
    policiesOf(pod).every((policy) => policy === 'Always')
      ? null
      : 'Its image could come from the node without a check of its pull credentials.';
  const drops = (pod: Json): string | null =>
    containersOf(pod).every((container) => container.securityContext?.capabilities?.drop?.includes('ALL') === true)
      ? null
      : 'Its capabilities were not dropped.';
  const bare = plain.pod({
    securityContext: { ...plain.podContext(), seccompProfile: undefined },
    containers: [plain.container({}, { capabilities: undefined })],
  });
  const limited = (pod: Json): string | null =>
    ['cpu', 'memory', 'ephemeral-storage'].every((name) =>
      containersOf(pod).every(({ resources }) => resources?.requests?.[name] && resources.limits?.[name]),
    )
      ? null
      : 'It got no requests and limits for CPU, memory and ephemeral storage.';
  const stamped = (object: Json): string | null =>
    (object['metadata'] as { labels?: Record<string, string> }).labels?.[TENANT_LABEL] === tenant.id
      ? null
      : `It did not get the label ${TENANT_LABEL}.`;
  const pull = { imagePullPolicy: 'Never' };
  const volume = { volumes: [{ name: 'image', image: { reference: plain.image, pullPolicy: 'Never' } }] };
  const unpulled: [TriedWrite, Json][] = [
    [plain.podOf(pull), { 'containers[0]': pull }],
    [plain.pod(volume), volume],
  ];
  const forged = { labels: { [TENANT_LABEL]: 'tenant_another' } };
  return [
    trialCheck(
      { id: 'pull-images-always', benchmark: 'MTB-PL1-CC-DI-1', title: 'Images are always pulled', area: 'pods' },
      [
        control(plain.pod()),
        ...unpulled.map(([write, detail]) =>
          cannot === null ? changed(write, detail, pulls) : refused(write, detail, /Images must be pulled every time/),
        ),
      ],
    ),
    trialCheck(
      {
        id: 'fill-in-pod-security',
        title: 'Pods get the fields that "restricted" requires and they leave out',
        area: 'pods',
      },
      [control(plain.pod()), changed(bare, { securityContext: 'without seccompProfile and capabilities' }, drops)],
      podSecurity.enforce === 'restricted' ? cannot : 'The plan enforces "baseline", which requires none of them.',
    ),
    trialCheck({ id: 'default-limits', title: 'Containers without limits get defaults', area: 'quota' }, [
      control(plain.pod()),
      changed(plain.pod(), { 'containers[0].resources': 'none' }, limited),
    ]),
    trialCheck(
      { id: 'stamp-tenant', title: 'Billable objects carry the label of their tenant', area: 'policies' },
      [
        control(plain.service()),
        ...[plain.pod(), plain.pod({}, forged), plain.service(), plain.claim()].map((write) =>
          changed(write, null, stamped),
        ),
      ],
      cannot,
    ),
  ];
}

function hardeningTrials(tenant: TenantInput, plain: PlainObjects): TrialCheck[] {
  const { podSecurity, nodePool } = tenant.plan.spec;
  const root = { readOnlyRootFilesystem: false };
  const elsewhere = { nodeSelector: { [NODE_POOL_KEY]: 'another' } };
  return [
    trialCheck(
      { id: 'require-user-namespaces', title: 'Root in a pod has no rights on the node', area: 'pods' },
      [control(plain.pod()), refused(plain.pod({ hostUsers: true }), { hostUsers: true })],
      podSecurity.userNamespaces ? null : 'The plan does not require user namespaces.',
    ),
    trialCheck(
      { id: 'require-read-only-root', title: 'Root filesystems must be read-only', area: 'pods' },
      [control(plain.pod()), refused(plain.podOf({}, root), { 'containers[0].securityContext': root })],
      podSecurity.readOnlyRootFilesystem ? null : 'The plan does not require read-only root filesystems.',
    ),
    trialCheck(
      { id: 'require-node-pool', title: 'Pods run only on the nodes of their pool, if they have one', area: 'pods' },
      [
        control(plain.pod()),
        refused(
          plain.pod(elsewhere),
          elsewhere,
          nodePool === null ? /must not ask for nodes of a pool/ : /nodes of the plan’s pool/,
        ),
      ],
    ),
    trialCheck({ id: 'block-other-runtimes', title: 'Pods must use the RuntimeClass of the plan', area: 'pods' }, [
      control(plain.pod()),
      refused(plain.pod({ runtimeClassName: 'another' }), { runtimeClassName: 'another' }),
    ]),
  ];
}

/** Tests the limits that a plan can set on each workload. */
function limitTrials(tenant: TenantInput, plain: PlainObjects): TrialCheck[] {
  const { maxReplicas, memoryLimitRequestRatio: ratio, emptyDirSizeLimit } = tenant.plan.spec.workloadLimits;
  const volume = (emptyDir: Json): Json => ({ volumes: [{ name: 'scratch', emptyDir }] });
  const memory = (times: number): Json => ({ requests: { memory: '1Mi' }, limits: { memory: `${times}Mi` } });
  const allowed = maxReplicas ?? 1;
  return [
    trialCheck(
      { id: 'cap-replicas', title: 'Workloads cannot have more replicas than the plan allows', area: 'quota' },
      [control(plain.deployment(1)), refused(plain.deployment(allowed + 1), { replicas: allowed + 1 })],
      maxReplicas === null ? 'The plan allows any number of replicas.' : null,
    ),
    trialCheck(
      { id: 'bound-empty-dirs', title: 'emptyDir volumes must have a sizeLimit', area: 'pods' },
      [control(plain.pod(volume({ sizeLimit: '1Mi' }))), refused(plain.pod(volume({})), volume({}))],
      emptyDirSizeLimit ? null : 'The plan does not require a sizeLimit.',
    ),
    trialCheck(
      { id: 'bound-memory-ratio', title: 'Memory limits must stay near the requests', area: 'quota' },
      [
        control(plain.podOf({ resources: memory(1) })),
        refused(plain.podOf({ resources: memory((ratio ?? 1) + 1) }), memory((ratio ?? 1) + 1)),
      ],
      ratio === null ? 'The plan allows any ratio.' : null,
    ),
  ];
}
