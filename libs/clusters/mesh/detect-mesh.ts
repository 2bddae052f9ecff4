import { type MeshFacts } from '#isolation';
import { type KubeClient } from '#kube';
import { type MeshReport } from '#tenancy';

import { type Look, look, type Runner, through, valueOf, versionOfImage, yamlOf } from './cluster-look.js';
import {
  accessLogProviderOf,
  type IstioInstallation,
  istioPrerequisites,
  readIstio,
  serviceExportsOf,
} from './istio-prerequisites.js';
import { linkerdPrerequisites, type Webhook } from './linkerd-prerequisites.js';
import { type MeshSettings } from './mesh-settings.js';

type Kind = MeshFacts['kind'];
interface Settings {
  mesh: MeshSettings;
  /** The platform's Gateway that tenants' routes are attached to. */
  sharedGateway: { namespace: string; name: string } | null;
}

/** The mesh of a cluster: the facts for rendering and the report for people; null if there is none. */
export type FoundMesh = { facts: MeshFacts; report: MeshReport } | null;

const defaultNamespaces: Record<Kind, string> = {
  'istio-sidecar': 'istio-system',
  'istio-ambient': 'istio-system',
  linkerd: 'linkerd',
};

/** The running parts of the supported control planes. */
interface ControlPlanes {
  istiod: Look<Runner[]>;
  ztunnel: Look<Runner>;
  destination: Look<Runner>;
}

/**
 * Detects the service mesh of a cluster: from the settings, otherwise from what runs in the usual namespaces. A mesh that
 * was found before is kept while its kinds are served, and its configuration while it cannot be read: a control plane
 * that is away for a minute, for example during an upgrade, must not remove the tenants' authorization or change the
 * identities in it.
 * @param groups of the API, as discovery lists them
 * @param remembered the mesh as of the last look
 * @throws KubeError, KubeUnreachable
 */
export async function detectMesh(
  kube: KubeClient,
  settings: Settings,
  groups: readonly string[],
  remembered: MeshFacts | null,
): Promise<FoundMesh> {
  if (settings.mesh.kind === 'none') return null;
  const isNamed = settings.mesh.kind !== undefined;
  if (!isNamed && !groups.includes('security.istio.io') && !groups.includes('policy.linkerd.io')) return null;
  const planes = await findControlPlanes(kube, settings.mesh.controlPlaneNamespace);
  const found = isNamed ? settings.mesh.kind : kindOf(planes);
  const kind = found ?? (remembered !== null && isServed(remembered.kind, groups) ? remembered.kind : undefined);
  if (kind === undefined) return null;
  const detail = isNamed
    ? 'Named in the file that describes the cluster.'
    : found === undefined
      ? 'Its control plane is gone but its kinds are still served, so tenants keep their mesh objects.'
      : detailOf(planes, kind);
  const before = remembered?.kind === kind ? remembered : null;
  return kind === 'linkerd'
    ? describeLinkerd(kube, settings, planes, { detail, before })
    : describeIstio(kube, settings, planes, { kind, detail, before });
}

/** How a mesh was found, and its facts as of the last look. */
interface Found {
  detail: string;
  before: MeshFacts | null;
}

async function findControlPlanes(kube: KubeClient, namespace: string | undefined): Promise<ControlPlanes> {
  const istio = namespace ?? defaultNamespaces['istio-sidecar'];
  const apps = (name: string): string => `/apis/apps/v1/namespaces/${name}`;
  const list = (path: string, labelSelector: string): Promise<Look<Runner[]>> =>
    look<{ items: Runner[] }>(kube, path, { labelSelector }).then((answer) => through(answer, ({ items }) => items));
  const [istiod, ztunnel, destination] = await Promise.all([
    list(`${apps(istio)}/deployments`, 'app=istiod'),
    list(`${apps(istio)}/daemonsets`, 'app.kubernetes.io/name=ztunnel'),
    list(
      `${apps(namespace ?? defaultNamespaces.linkerd)}/deployments`,
      'linkerd.io/control-plane-component=destination',
    ),
  ]);
  return { istiod, ztunnel: first(ztunnel), destination: first(destination) };
}

/** The first of a list, which can be empty. */
function first(found: Look<Runner[]>): Look<Runner> {
  if (found.state !== 'found') return found;
  const [value] = found.value;
  return value === undefined ? { state: 'absent' } : { state: 'found', value };
}

function kindOf({ istiod, ztunnel, destination }: ControlPlanes): Kind | undefined {
  if ((valueOf(istiod) ?? []).length > 0) return ztunnel.state === 'found' ? 'istio-ambient' : 'istio-sidecar';
  return destination.state === 'found' ? 'linkerd' : undefined;
}

function detailOf({ destination }: ControlPlanes, kind: Kind): string {
  if (kind === 'linkerd') return 'Its control plane runs in the cluster.';
  return destination.state === 'found'
    ? 'Linkerd was found as well; name the mesh for tenants as "mesh.kind" in the file that describes the cluster.'
    : 'Its control plane runs in the cluster.';
}

function isServed(kind: Kind, groups: readonly string[]): boolean {
  return groups.includes(kind === 'linkerd' ? 'policy.linkerd.io' : 'security.istio.io');
}

async function describeIstio(
  kube: KubeClient,
  { mesh: settings, sharedGateway }: Settings,
  planes: ControlPlanes,
  { kind, detail, before }: Found & { kind: Exclude<Kind, 'linkerd'> },
): Promise<FoundMesh> {
  const controlPlaneNamespace = settings.controlPlaneNamespace ?? defaultNamespaces[kind];
  const [newest] = (valueOf(planes.istiod) ?? []).toSorted((a, b) => compareRevisions(b, a));
  const istiod: Look<Runner> = newest === undefined ? first(planes.istiod) : { state: 'found', value: newest };
  const installation = await readIstio(kube, controlPlaneNamespace, istiod);
  const ofGateway = sharedGateway && {
    namespace: sharedGateway.namespace,
    serviceAccount: `${sharedGateway.name}-istio`,
  };
  const revision = newest === undefined && before !== null ? before.revision : await revisionOf(kube, newest);
  const facts: MeshFacts = {
    kind,
    controlPlaneNamespace,
    version: newest === undefined ? null : versionOfImage(newest),
    ...configured(installation.mesh, kind, before),
    ...(settings.trustDomain !== undefined && { trustDomain: settings.trustDomain }),
    revision: settings.revision === undefined ? revision : settings.revision,
    gatewayIdentity: settings.gatewayIdentity === undefined ? ofGateway : settings.gatewayIdentity,
    monitoringIdentity: settings.monitoringIdentity ?? null,
    ...injectionOf(settings),
  };
  const prerequisites = await istioPrerequisites(kube, facts, installation);
  return { facts, report: { kind, version: facts.version, detail, prerequisites } };
}

/** The facts that only MeshConfig contains. */
function configured(
  mesh: IstioInstallation['mesh'],
  kind: Kind,
  before: MeshFacts | null,
): Pick<MeshFacts, 'trustDomain' | 'serviceExports' | 'accessLogProvider'> {
  const known = mesh.state === 'found' ? null : before;
  // Node proxies see all Services.
  const serviceExports = kind === 'istio-sidecar' ? (known?.serviceExports ?? serviceExportsOf(mesh)) : null;
  const accessLogProvider = known?.accessLogProvider ?? accessLogProviderOf(mesh);
  return {
    trustDomain: known?.trustDomain ?? textOf(valueOf(mesh)?.['trustDomain']) ?? 'cluster.local',
    ...(serviceExports && { serviceExports }),
    ...(accessLogProvider !== null && { accessLogProvider }),
  };
}

async function describeLinkerd(
  kube: KubeClient,
  { mesh: settings }: Settings,
  { destination }: ControlPlanes,
  { detail, before }: Found,
): Promise<FoundMesh> {
  const kind = 'linkerd';
  const controlPlaneNamespace = settings.controlPlaneNamespace ?? defaultNamespaces[kind];
  const configMap = `/api/v1/namespaces/${controlPlaneNamespace}/configmaps/linkerd-config`;
  const webhooks = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  const [config, injector] = await Promise.all([
    look<{ data?: Record<string, string> }>(kube, configMap),
    look<Webhook>(kube, `${webhooks}/linkerd-proxy-injector-webhook-config`),
  ]);
  const values = through(config, (map) => yamlOf(map, 'values'));
  const installed = valueOf(values);
  const known = values.state === 'found' ? null : before;
  const runner = valueOf(destination);
  const facts: MeshFacts = {
    kind,
    controlPlaneNamespace,
    version:
      runner === undefined ? null : (runner.metadata.labels?.['app.kubernetes.io/version'] ?? versionOfImage(runner)),
    trustDomain:
      settings.trustDomain ??
      known?.trustDomain ??
      textOf(installed?.['identityTrustDomain']) ??
      textOf(installed?.['clusterDomain']) ??
      'cluster.local',
    revision: null,
    gatewayIdentity: settings.gatewayIdentity ?? null,
    monitoringIdentity: settings.monitoringIdentity ?? null,
    ...injectionOf(settings),
  };
  const prerequisites = linkerdPrerequisites({ values, destination, injector });
  return { facts, report: { kind, version: facts.version, detail, prerequisites } };
}

/** The facts about injection that only the settings contain. */
function injectionOf({ proxyImages, requiresProxies, podMarks }: MeshSettings): Partial<MeshFacts> {
  return {
    ...(proxyImages !== undefined && { proxyImages }),
    ...(requiresProxies !== undefined && { requiresProxies }),
    ...(podMarks !== undefined && { podMarks }),
  };
}

/** The revision that namespaces must name; null where `istio-injection` selects one. */
async function revisionOf(kube: KubeClient, istiod: Runner | undefined): Promise<string | null> {
  const revision = istiod?.metadata.labels?.['istio.io/rev'] ?? 'default';
  if (revision === 'default') return null;
  const webhooks = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
  const tag = await look(kube, `${webhooks}/istio-revision-tag-default`);
  return tag.state === 'found' ? null : revision;
}

/** Orders installations by revision, numbers numerically; the one without a revision comes last. */
function compareRevisions(a: Runner, b: Runner): number {
  const of = ({ metadata }: Runner): string => metadata.labels?.['istio.io/rev'] ?? 'default';
  if (of(a) === of(b)) return 0;
  if (of(a) === 'default') return 1;
  return of(b) === 'default' ? -1 : of(a).localeCompare(of(b), 'en', { numeric: true });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
