import { MESH_ANNOTATION, MESH_MARKS_ANNOTATION, parameter } from './parameters.js';

/**
 * Keys that tell a mesh, or a plug-in that attaches further networks to pods, how to treat an object. Whole domains
 * instead of a list of keys, so that keys of later mesh versions are refused too. `istio` itself is the label that
 * selected gateways before the Gateway API; the gateway name selects the pods of waypoints.
 */
const KEYS =
  "'^(([a-z0-9.-]+[.])?(istio|linkerd)[.]io/.*|istio|istio-injection|k8s[.]v1[.]cni[.]cncf[.]io/.*|" +
  "v1[.]multus-cni[.]io/.*|gateway[.]networking[.]k8s[.]io/.*)$'";

/** CEL: a key tells a mesh how to treat the object that carries it. */
export const isMark = (key: string): string => `${key}.matches(${KEYS})`;

/** The maps in which marks are written. */
export type Marks = 'labels' | 'annotations';

/** CEL for an allowed mark, given the expressions of its key and value. */
type Allowed = (key: string, value: string) => string;

/** Any quantity; the quota and the LimitRange bound its size. */
const QUANTITY = "'^[0-9]+([.][0-9]+)?(m|k|Ki|M|Mi|G|Gi)?$'";
const PORTS = "'^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$'";
const sidecars = `${parameter(MESH_ANNOTATION)} == 'istio-sidecar'`;

/** Marks that do not change what a mesh does to traffic; anyone can set them. */
const harmless: readonly Allowed[] = [
  // The name of a workload in metrics; the mesh takes its owner from the namespace.
  (key) => `${key}.startsWith('service.istio.io/')`,
  (key, value) => `${key} == 'networking.istio.io/traffic-distribution' && ${value}.matches('^[A-Za-z]*$')`,
  // Ports on which servers speak first. Linkerd's Servers define how a port is protected, whatever this annotation
  // says.
  (key, value) => `${key} == 'config.linkerd.io/opaque-ports' && ${value}.matches(${PORTS})`,
];

/** Further marks that people can set on pods. */
const ofPods: readonly Allowed[] = [
  (key, value) => `${key} == 'sidecar.istio.io/inject' && ${value} == 'true' && ${sidecars}`,
  // Resources of the proxy.
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
/** Marks of injection whose value only documents what was injected; no policy depends on it. */
const injectedKeys: Readonly<Record<Marks, readonly string[]>> = {
  labels: [
    'linkerd.io/control-plane-ns',
    'linkerd.io/workload-ns',
    ...['deployment', 'statefulset', 'daemonset', 'replicaset', 'job', 'cronjob', 'replicationcontroller'].map(
      (kind) => `linkerd.io/proxy-${kind}`,
    ),
  ],
  annotations: [
    'sidecar.istio.io/status',
    'istio.io/rev',
    'linkerd.io/created-by',
    'linkerd.io/proxy-version',
    'linkerd.io/trust-root-sha256',
  ],
};

const celMap = (map: object): string => JSON.stringify(map).replaceAll('"', "'");

/** Marks that injection itself writes on pods. */
const byInjection = (marks: Marks): readonly Allowed[] => [
  (key, value) => `${celMap(injectedValues[marks])}[?${key}] == optional.of(${value})`,
  (key) => `${key} in ${celMap(injectedKeys[marks])}`,
  (key, value) => `(${key} + '=' + ${value}) in ${parameter(MESH_MARKS_ANNOTATION)}.split(';')`,
];

/** Repeats an annotation of the namespace, as Linkerd's injector does. */
const asTheNamespace: Allowed = (key, value) =>
  `namespaceObject.metadata.?annotations[?${key}] == optional.of(${value})`;

const anyOf = (allowed: readonly Allowed[], key: string, value: string): string =>
  `(${allowed.map((each) => `(${each(key, value)})`).join(' || ')})`;

/** Who can set which marks: anyone on any object, people on pods, injection on pods. */
export type MarkScope = 'objects' | 'pods' | 'injected-pods';

function allowedOn(of: MarkScope, marks: Marks): readonly Allowed[] {
  const anyone = [...harmless, asTheNamespace];
  if (of === 'objects') return anyone;
  return of === 'pods' ? [...anyone, ...ofPods] : [...anyone, ...ofPods, ...byInjection(marks)];
}

/**
 * CEL: the labels or annotations of an object carry only allowed marks.
 * @param metadata the CEL expression of the metadata
 * @param unless a further CEL condition over `key` under which a mark is allowed
 */
export function marksAllowed(metadata: string, marks: Marks, of: MarkScope, unless = 'false'): string {
  const allowed = anyOf(allowedOn(of, marks), 'key', `${metadata}.${marks}[key]`);
  return `(!has(${metadata}.${marks}) || ${metadata}.${marks}.all(key, !${isMark('key')} || ${unless} || ${allowed}))`;
}

/** CEL over `key`: an update leaves a mark of the object as it was. */
export function markUnchanged(marks: Marks): string {
  return `(request.operation == 'UPDATE' && oldObject.metadata.?${marks}[?key] == optional.of(object.metadata.${marks}[key]))`;
}

/**
 * CEL: an update keeps every existing mark; true for other operations.
 * @param unless a further CEL condition over `key` under which a mark can change or be removed
 */
export function marksKept(marks: Marks, unless = 'false'): string {
  const old = `oldObject.metadata.${marks}`;
  return (
    `(request.operation != 'UPDATE' || !has(${old}) || ${old}.all(key, !${isMark('key')} || ${unless} || ` +
    `${anyOf(harmless, 'key', `${old}[key]`)} || object.metadata.?${marks}[?key] == optional.of(${old}[key])))`
  );
}
