import { MESH_ANNOTATION, MESH_MARKS_ANNOTATION, parameter } from './parameters.js';

/**
 * Keys by which meshes, and what chooses further networks for pods, are told how to treat an object. Whole domains and
 * not a list of keys: what a later version of a mesh reads is then refused, too. `istio` itself is the label by which
 * gateways were selected before there was the Gateway API; that of a gateway's name selects the pods of waypoints.
 */
const KEYS =
  "'^(([a-z0-9.-]+[.])?(istio|linkerd)[.]io/.*|istio|istio-injection|k8s[.]v1[.]cni[.]cncf[.]io/.*|" +
  "v1[.]multus-cni[.]io/.*|gateway[.]networking[.]k8s[.]io/.*)$'";

/** The CEL condition that a key tells a mesh how to treat what carries it. */
export const isMark = (key: string): string => `${key}.matches(${KEYS})`;

/** Where marks are written. */
export type Marks = 'labels' | 'annotations';

/** What a mark may be: a CEL condition over expressions of its key and value. */
type Allowed = (key: string, value: string) => string;

/** Everything that reads as a quantity; what it may come to is the quota's and the LimitRange's matter. */
const QUANTITY = "'^[0-9]+([.][0-9]+)?(m|k|Ki|M|Mi|G|Gi)?$'";
const PORTS = "'^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$'";
const sidecars = `${parameter(MESH_ANNOTATION)} == 'istio-sidecar'`;

/** Marks that change nothing of what a mesh does to traffic: anybody's. */
const harmless: readonly Allowed[] = [
  // Under which name a workload shows in metrics; whose it is, the mesh takes from its namespace.
  (key) => `${key}.startsWith('service.istio.io/')`,
  (key, value) => `${key} == 'networking.istio.io/traffic-distribution' && ${value}.matches('^[A-Za-z]*$')`,
  // A port on which servers speak first. Linkerd's Servers say how a port is protected, whatever this says.
  (key, value) => `${key} == 'config.linkerd.io/opaque-ports' && ${value}.matches(${PORTS})`,
];

/** What people may say of a pod beside. */
const ofPods: readonly Allowed[] = [
  (key, value) => `${key} == 'sidecar.istio.io/inject' && ${value} == 'true' && ${sidecars}`,
  // How much the proxy may use.
  (key, value) => {
    const names = ['proxyCPU', 'proxyCPULimit', 'proxyMemory', 'proxyMemoryLimit'];
    return `${key} in [${names.map((name) => `'sidecar.istio.io/${name}'`).join(', ')}] && ${value}.matches(${QUANTITY})`;
  },
];

/** Marks of injection, each with the value of a default installation. */
const injectedValues: Readonly<Record<Marks, Readonly<Record<string, string>>>> = {
  labels: { 'security.istio.io/tlsMode': 'istio', 'networking.istio.io/tunnel': 'http' },
  annotations: {
    'sidecar.istio.io/interceptionMode': 'REDIRECT',
    'traffic.sidecar.istio.io/includeInboundPorts': '*',
    'traffic.sidecar.istio.io/excludeInboundPorts': '15020',
    'traffic.sidecar.istio.io/includeOutboundIPRanges': '*',
  },
};
/** Marks of injection whose value tells what was injected, and is read by nobody who decides. */
const injectedKeys: Readonly<Record<Marks, readonly string[]>> = {
  labels: [
    ...['linkerd.io/control-plane-ns', 'linkerd.io/workload-ns'],
    ...['deployment', 'statefulset', 'daemonset', 'replicaset', 'job', 'cronjob', 'replicationcontroller'].map(
      (kind) => `linkerd.io/proxy-${kind}`,
    ),
  ],
  annotations: [
    ...['sidecar.istio.io/status', 'istio.io/rev'],
    ...['linkerd.io/created-by', 'linkerd.io/proxy-version', 'linkerd.io/trust-root-sha256'],
  ],
};

const celMap = (map: object): string => JSON.stringify(map).replaceAll('"', "'");

/** What injection itself writes on pods. */
const byInjection = (marks: Marks): readonly Allowed[] => [
  (key, value) => `${celMap(injectedValues[marks])}[?${key}] == optional.of(${value})`,
  (key) => `${key} in ${celMap(injectedKeys[marks])}`,
  (key, value) => `(${key} + '=' + ${value}) in ${parameter(MESH_MARKS_ANNOTATION)}.split(';')`,
];

/** Repeats what stands on the namespace, as Linkerd's injector does. */
const asTheNamespace: Allowed = (key, value) =>
  `namespaceObject.metadata.?annotations[?${key}] == optional.of(${value})`;

const anyOf = (allowed: readonly Allowed[], key: string, value: string): string =>
  `(${allowed.map((each) => `(${each(key, value)})`).join(' || ')})`;

/** Who may say what: everybody on any object, people on pods, injection on pods. */
export type MarksOf = 'objects' | 'pods' | 'injected-pods';

function allowedOn(of: MarksOf, marks: Marks): readonly Allowed[] {
  const everybody = [...harmless, asTheNamespace];
  if (of === 'objects') return everybody;
  return of === 'pods' ? [...everybody, ...ofPods] : [...everybody, ...ofPods, ...byInjection(marks)];
}

/**
 * The CEL condition that the labels or annotations of an object carry no mark but those that it may.
 * @param metadata the CEL expression of the metadata
 * @param unless a further CEL condition over `key` under which a mark may be there
 */
export function marksAllowed(metadata: string, marks: Marks, of: MarksOf, unless = 'false'): string {
  const allowed = anyOf(allowedOn(of, marks), 'key', `${metadata}.${marks}[key]`);
  return `(!has(${metadata}.${marks}) || ${metadata}.${marks}.all(key, !${isMark('key')} || ${unless} || ${allowed}))`;
}

/** The CEL condition over `key` that an update found a mark of the object as it is. */
export function markStood(marks: Marks): string {
  return `(request.operation == 'UPDATE' && oldObject.metadata.?${marks}[?key] == optional.of(object.metadata.${marks}[key]))`;
}

/**
 * The CEL condition that an update leaves every mark there that was; true for other operations.
 * @param unless a further CEL condition over `key` under which a mark may go or change
 */
export function marksStay(marks: Marks, unless = 'false'): string {
  const old = `oldObject.metadata.${marks}`;
  return (
    `(request.operation != 'UPDATE' || !has(${old}) || ${old}.all(key, !${isMark('key')} || ${unless} || ` +
    `${anyOf(harmless, 'key', `${old}[key]`)} || object.metadata.?${marks}[?key] == optional.of(${old}[key])))`
  );
}
