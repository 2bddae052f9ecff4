/** The resources of one API group of Kubernetes. */
interface Group {
  /** Kinds of namespaced resources by plural name. */
  namespaced: Readonly<Record<string, string>>;
  /** Plural names of the others, which no policy is about. */
  clusterScoped?: readonly string[];
}

/**
 * The API groups of Kubernetes itself (1.30 to 1.36), to recognize names that match nothing. A name that is not here can
 * be of a newer version. `test/policies/matched-kinds.test.ts` compares the table with an API server.
 */
const groups: Readonly<Record<string, Group>> = {
  '': {
    namespaced: {
      bindings: 'Binding',
      configmaps: 'ConfigMap',
      endpoints: 'Endpoints',
      events: 'Event',
      limitranges: 'LimitRange',
      persistentvolumeclaims: 'PersistentVolumeClaim',
      pods: 'Pod',
      podtemplates: 'PodTemplate',
      replicationcontrollers: 'ReplicationController',
      resourcequotas: 'ResourceQuota',
      secrets: 'Secret',
      serviceaccounts: 'ServiceAccount',
      services: 'Service',
    },
    clusterScoped: ['componentstatuses', 'namespaces', 'nodes', 'persistentvolumes'],
  },
  'admissionregistration.k8s.io': {
    namespaced: {},
    clusterScoped: [
      'mutatingadmissionpolicies',
      'mutatingadmissionpolicybindings',
      'mutatingwebhookconfigurations',
      'validatingadmissionpolicies',
      'validatingadmissionpolicybindings',
      'validatingwebhookconfigurations',
    ],
  },
  'apiextensions.k8s.io': { namespaced: {}, clusterScoped: ['customresourcedefinitions'] },
  'apiregistration.k8s.io': { namespaced: {}, clusterScoped: ['apiservices'] },
  apps: {
    namespaced: {
      controllerrevisions: 'ControllerRevision',
      daemonsets: 'DaemonSet',
      deployments: 'Deployment',
      replicasets: 'ReplicaSet',
      statefulsets: 'StatefulSet',
    },
  },
  'authentication.k8s.io': { namespaced: {}, clusterScoped: ['selfsubjectreviews', 'tokenreviews'] },
  'authorization.k8s.io': {
    namespaced: { localsubjectaccessreviews: 'LocalSubjectAccessReview' },
    clusterScoped: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'subjectaccessreviews'],
  },
  autoscaling: { namespaced: { horizontalpodautoscalers: 'HorizontalPodAutoscaler' } },
  batch: { namespaced: { cronjobs: 'CronJob', jobs: 'Job' } },
  'certificates.k8s.io': { namespaced: {}, clusterScoped: ['certificatesigningrequests'] },
  'coordination.k8s.io': { namespaced: { leases: 'Lease' } },
  'discovery.k8s.io': { namespaced: { endpointslices: 'EndpointSlice' } },
  'events.k8s.io': { namespaced: { events: 'Event' } },
  'flowcontrol.apiserver.k8s.io': { namespaced: {}, clusterScoped: ['flowschemas', 'prioritylevelconfigurations'] },
  'networking.k8s.io': {
    namespaced: { ingresses: 'Ingress', networkpolicies: 'NetworkPolicy' },
    clusterScoped: ['ingressclasses', 'ipaddresses', 'servicecidrs'],
  },
  'node.k8s.io': { namespaced: {}, clusterScoped: ['runtimeclasses'] },
  policy: { namespaced: { poddisruptionbudgets: 'PodDisruptionBudget' } },
  'rbac.authorization.k8s.io': {
    namespaced: { rolebindings: 'RoleBinding', roles: 'Role' },
    clusterScoped: ['clusterrolebindings', 'clusterroles'],
  },
  'resource.k8s.io': {
    namespaced: { resourceclaims: 'ResourceClaim', resourceclaimtemplates: 'ResourceClaimTemplate' },
    clusterScoped: ['deviceclasses', 'resourceslices'],
  },
  'scheduling.k8s.io': { namespaced: {}, clusterScoped: ['priorityclasses'] },
  'storage.k8s.io': {
    namespaced: { csistoragecapacities: 'CSIStorageCapacity' },
    clusterScoped: ['csidrivers', 'csinodes', 'storageclasses', 'volumeattachments', 'volumeattributesclasses'],
  },
};

/** Abbreviations that kubectl accepts and the API does not. */
const shortNames: Readonly<Record<string, string>> = {
  cj: 'cronjobs',
  cm: 'configmaps',
  deploy: 'deployments',
  ds: 'daemonsets',
  hpa: 'horizontalpodautoscalers',
  ing: 'ingresses',
  netpol: 'networkpolicies',
  pdb: 'poddisruptionbudgets',
  po: 'pods',
  pvc: 'persistentvolumeclaims',
  rs: 'replicasets',
  sa: 'serviceaccounts',
  sts: 'statefulsets',
  svc: 'services',
};

/** The parts of resources that are written with an operation other than both (API reference of Kubernetes, verbs). */
const operationsOfParts: Readonly<Record<string, readonly string[]>> = {
  approval: ['UPDATE'],
  attach: [],
  binding: ['CREATE'],
  ephemeralcontainers: ['UPDATE'],
  eviction: ['CREATE'],
  exec: [],
  log: [],
  portforward: [],
  proxy: [],
  resize: ['UPDATE'],
  scale: ['UPDATE'],
  status: ['UPDATE'],
  token: ['CREATE'],
};

const known = Object.entries(groups).flatMap(([group, { namespaced, clusterScoped = [] }]) => [
  ...Object.entries(namespaced).map(([plural, kind]) => ({ group, plural, kind, isNamespaced: true })),
  ...clusterScoped.map((plural) => ({ group, plural, kind: null, isNamespaced: false })),
]);

/** The namespaced resources of Kubernetes. */
export const namespacedKinds = known.filter(({ isNamespaced }) => isNamespaced);

/** Says what is wrong with the name of an API group that no cluster can have; null if a cluster can. */
export function faultOfGroup(group: string): string | null {
  if (group === '*' || group in groups) return null;
  if (group.includes('/')) {
    const [name = '', version = ''] = group.split('/');
    return `An API group has no version: write "${version.startsWith('v') ? name : group.replaceAll('/', '.')}".`;
  }
  if (/^v\d/.test(group)) return 'This is a version. The group of pods, services and the like is "".';
  // Groups of custom resources must have a dot (apiextensions.k8s.io/v1, `spec.group`).
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(group)) {
    return `There is no API group "${group}".`;
  }
  return null;
}

/** Says why a resource of these groups can never be matched; null if it can, or if that is not known. */
export function faultOfResource(
  entry: string,
  apiGroups: readonly string[],
  operations: readonly string[],
): string | null {
  const [resource = '', part] = entry.split('/');
  const places = known.filter(({ plural }) => plural === resource);
  const isThere = (group: string): boolean => apiGroups.includes('*') || apiGroups.includes(group);
  if (resource !== '*' && !places.some(({ group, isNamespaced }) => isNamespaced && isThere(group))) {
    const fault = faultOfName(resource, places, apiGroups);
    if (fault !== null) return fault;
  }
  const possible = part === undefined ? undefined : operationsOfParts[part];
  if (possible === undefined || possible.some((each) => operations.includes(each))) return null;
  if (possible.length === 0) return `No object of "${entry}" is created or updated.`;
  return `"${entry}" is written with ${possible.join(' and ')} only.`;
}

function faultOfName(resource: string, places: typeof known, apiGroups: readonly string[]): string | null {
  const suggestion = pluralOf(resource);
  if (suggestion !== null) return `There is no resource "${resource}": write "${suggestion}".`;
  const there = places.filter(({ group }) => apiGroups.includes('*') || apiGroups.includes(group));
  if (there.length > 0) return `"${resource}" are not in namespaces, and policies apply only in those of tenants.`;
  // Custom resources may have the name of one of Kubernetes.
  if (places.length === 0 || apiGroups.some((group) => !(group in groups))) return null;
  return `"${resource}" are in the API group ${quoted(places)}.`;
}

/** Says why a kind of these groups can never be matched; null if it can, or if that is not known. */
export function faultOfKind(kind: string, apiGroups: readonly string[]): string | null {
  if (kind === '*') return null;
  const places = namespacedKinds.filter((each) => each.kind === kind);
  const suggestion = known.find((each) => kind !== each.kind && namesKind(kind, each))?.kind ?? null;
  if (places.length === 0 && suggestion !== null) return `There is no kind "${kind}": write "${suggestion}".`;
  const isThere = places.some(({ group }) => apiGroups.includes('*') || apiGroups.includes(group));
  if (places.length === 0 || isThere || apiGroups.some((group) => !(group in groups))) return null;
  return `The kind "${kind}" is in the API group ${quoted(places)}.`;
}

function namesKind(text: string, { plural, kind }: (typeof known)[number]): boolean {
  const name = text.toLowerCase();
  return name === plural || name === kind?.toLowerCase() || shortNames[name] === plural;
}

/** The plural name that somebody means who wrote a kind, a singular or an abbreviation; null if nothing is known. */
function pluralOf(text: string): string | null {
  if (known.some(({ plural }) => plural === text)) return null;
  return known.find((each) => namesKind(text, each))?.plural ?? null;
}

function quoted(places: readonly { group: string }[]): string {
  return [...new Set(places.map(({ group }) => `"${group}"`))].join(' or ');
}
