import { type MeshFacts } from '#isolation';
import { type KubeClient } from '#kube';
import { type MeshPrerequisite } from '#tenancy';

import { type Json, type Look, look, type Runner, through, valueOf, yamlOf } from './cluster-look.js';
import { judged, type Rule } from './prerequisite.js';

interface ConfigMap {
  data?: Record<string, string>;
}
interface PeerAuthentications {
  items: { spec?: { selector?: object; mtls?: { mode?: string } } }[];
}

/** The configuration of an Istio installation. */
export interface IstioInstallation {
  /** MeshConfig (Istio, Global Mesh Options). */
  mesh: Look<Json>;
  /** Installed Helm values, as the injector uses them. */
  values: Look<Json>;
  istiod: Look<Runner>;
}

/** Reads an installation's configuration. Names of ConfigMaps end with the revision. */
export async function readIstio(kube: KubeClient, namespace: string, istiod: Look<Runner>): Promise<IstioInstallation> {
  const revision = valueOf(istiod)?.metadata.labels?.['istio.io/rev'] ?? 'default';
  const suffix = revision === 'default' ? '' : `-${revision}`;
  const map = async (name: string, key: string): Promise<Look<Json>> => {
    const found = await look<ConfigMap>(kube, `/api/v1/namespaces/${namespace}/configmaps/${name}${suffix}`);
    return through(found, (value) => yamlOf(value, key));
  };
  const [mesh, values] = await Promise.all([map('istio', 'mesh'), map('istio-sidecar-injector', 'values')]);
  return { mesh, values, istiod };
}

/** Extension provider that an administrator configures for tenants' access logs. */
const ACCESS_LOG_PROVIDER = 'bulkhead-access-log';

const running: Rule = {
  name: 'control-plane-running',
  unmet: 'No istiod is available: pods get no certificates, and configuration changes do not reach proxies.',
  remedy: 'Bring the Deployment istiod up.',
};
const gatewayScope: Rule = {
  name: 'gateways-scoped-to-namespace',
  unmet: 'A Gateway of any namespace can select the pods of the shared ingress gateway.',
  remedy: 'Set PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true in the environment of istiod.',
};
const cni: Rule = {
  name: 'istio-cni',
  unmet: 'Without istio-cni the init container of a sidecar needs NET_ADMIN, which Pod Security "restricted" refuses.',
  remedy: 'Install the chart istio/cni and set pilot.cni.enabled=true.',
};
const rootStrict: Rule = {
  name: 'root-strict-mtls',
  unmet: 'The root namespace has no PeerAuthentication of mode STRICT for the whole mesh.',
  remedy: 'Create the PeerAuthentication "default" with mtls.mode STRICT in the root namespace.',
};

/** Evaluates the prerequisites of an Istio mesh (Istio, Global Mesh Options; ISTIO-SECURITY-2026-002). */
export async function istioPrerequisites(
  kube: KubeClient,
  { kind, controlPlaneNamespace }: MeshFacts,
  { mesh, values, istiod }: IstioInstallation,
): Promise<MeshPrerequisite[]> {
  const configured: unknown = valueOf(mesh)?.['rootNamespace'];
  const root = typeof configured === 'string' && configured !== '' ? configured : controlPlaneNamespace;
  const [peers, nodes] = await Promise.all([
    look<PeerAuthentications>(kube, `/apis/security.istio.io/v1/namespaces/${root}/peerauthentications`),
    look<{ items: Runner[] }>(kube, '/apis/apps/v1/daemonsets', {
      labelSelector: 'k8s-app in (istio-cni-node)',
    }),
  ]);
  return [
    judged(running, istiod, ({ status }) => (status?.availableReplicas ?? 0) > 0),
    ...exported(mesh),
    judged(discovery, mesh, ({ discoverySelectors }) => isListed(discoverySelectors)),
    judged(outbound, mesh, ({ outboundTrafficPolicy }) => isText(outboundTrafficPolicy?.['mode'], 'REGISTRY_ONLY')),
    judged(accessLogs, mesh, (config) => namesProvider(config)),
    judged(visibility, mesh, ({ serviceEntryVisibility }) =>
      isText(serviceEntryVisibility?.['defaultVisibility'], 'NAMESPACE'),
    ),
    judged(gatewayScope, istiod, (found) => envOf(found, 'PILOT_SCOPE_GATEWAY_TO_NAMESPACE') === 'true'),
    judged(cni, nodes, ({ items }) => items.length > 0),
    judged(rootStrict, peers, ({ items }) =>
      items.some(({ spec }) => spec?.selector === undefined && spec?.mtls?.mode === 'STRICT'),
    ),
    seccomp(kind, values),
  ];
}

const discovery: Rule = {
  name: 'discovery-selectors',
  unmet: 'istiod watches every namespace and distributes its root certificate to all of them.',
  remedy:
    'Set meshConfig.discoverySelectors to the namespaces of the mesh; tenant namespaces have the label ' +
    'app.kubernetes.io/managed-by=bulkhead.',
};
const outbound: Rule = {
  name: 'outbound-registry-only',
  unmet: 'A proxy without its own configuration forwards requests to any host.',
  remedy: 'Set meshConfig.outboundTrafficPolicy.mode=REGISTRY_ONLY.',
};
const accessLogs: Rule = {
  name: 'access-logs-name-tenants',
  unmet: 'Access logs of proxies do not name the tenant.',
  remedy:
    `Add "${ACCESS_LOG_PROVIDER}" to meshConfig.extensionProviders, as docs/runbooks/observability.md shows; ` +
    'tenants with access logs then use it.',
};
const visibility: Rule = {
  name: 'service-entry-visibility',
  unmet: 'A ServiceEntry is visible to all other namespaces; in an ambient mesh it can take over their traffic.',
  remedy: 'Set meshConfig.serviceEntryVisibility.defaultVisibility=NAMESPACE (Istio 1.31 or newer).',
};

/** Proxies must not receive configuration of namespaces that did not export it to them. */
function exported(mesh: Look<Json>): MeshPrerequisite[] {
  const kinds = { Service: 'service', VirtualService: 'virtual-service', DestinationRule: 'destination-rule' };
  return Object.entries(kinds).map(([kind, title]) => {
    const key = `default${kind}ExportTo`;
    const more = kind === 'Service' ? ' and the namespace of the ingress gateway' : '';
    const rule: Rule = {
      name: `default-${title}-export-to`,
      unmet: `Every ${kind} is exported to the proxies of all namespaces.`,
      remedy: `Set meshConfig.${key} to "."${more}.`,
    };
    return judged(rule, mesh, (config) => limitOf(config[key]) !== null);
  });
}

/** The provider of access logs that name the tenant; null if none is configured. */
export function accessLogProviderOf(mesh: Look<Json>): string | null {
  return namesProvider(valueOf(mesh) ?? {}) ? ACCESS_LOG_PROVIDER : null;
}

function namesProvider({ extensionProviders }: Json): boolean {
  const all: unknown = extensionProviders;
  return Array.isArray(all) && all.some((each: { name?: unknown } | null) => each?.name === ACCESS_LOG_PROVIDER);
}

/** The namespaces to which Services without an annotation are exported; null: all, as far as is known. */
export function serviceExportsOf(mesh: Look<Json>): string[] | null {
  return limitOf(valueOf(mesh)?.['defaultServiceExportTo']);
}

/** The namespaces of an `exportTo`; null if it includes all. */
function limitOf(exportTo: unknown): string[] | null {
  if (!Array.isArray(exportTo) || exportTo.length === 0 || exportTo.includes('*')) return null;
  return exportTo.filter((each) => typeof each === 'string');
}

function seccomp(kind: MeshFacts['kind'], values: Look<Json>): MeshPrerequisite {
  const isAmbient = kind === 'istio-ambient';
  const rule: Rule = {
    name: 'seccomp-profile',
    unmet: `The pods of ${isAmbient ? 'waypoints' : 'sidecars'} get no seccomp profile, and Pod Security "restricted" refuses them.`,
    remedy: `Install Istio with ${isAmbient ? 'gateways' : 'global.proxy'}.seccompProfile.type=RuntimeDefault.`,
  };
  return judged(rule, values, (all) => {
    const profile = isAmbient ? all['gateways']?.['seccompProfile'] : all['global']?.['proxy']?.['seccompProfile'];
    return isText(profile?.['type'], 'RuntimeDefault');
  });
}

function envOf({ spec }: Runner, name: string): string | undefined {
  const all = spec.template.spec.containers.flatMap(({ env = [] }) => env);
  return all.find((each) => each.name === name)?.value;
}

function isText(value: unknown, text: string): boolean {
  return value === text;
}

function isListed(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}
