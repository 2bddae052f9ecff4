import { type KubernetesObject } from '../model/kubernetes-object.js';
import { EXPOSED_LABEL, TENANT_ID_LABEL } from '../model/labels.js';
import { type WorkloadIdentity } from '../model/tenant-input.js';
import { linkObjectName, type MeshModel, meshObject } from './mesh-model.js';
import { deniedTagOverrides } from './telemetry-tags.js';

/** Peer authentication and workload authorization, which both kinds of Istio share. */

/** The callers of an AuthorizationPolicy. All fields of one source must match (Istio, Authorization Policy). */
export type Source = Record<string, string[]>;

/** The target of an AuthorizationPolicy: pods by label, or a Gateway or Service. */
export type Target = { selector: { matchLabels: Record<string, string> } } | { targetRefs: TargetRef[] } | object;

interface TargetRef {
  group: string;
  kind: string;
  name: string;
}

/** Only mutual TLS makes callers' identities known, so nothing else here holds without it. */
export function peerAuthentication(model: MeshModel): KubernetesObject {
  const mode = model.plan.mtls === 'strict' ? 'STRICT' : 'PERMISSIVE';
  // The name that Istio uses for a namespace-wide policy. The oldest of several wins, so tenants cannot write any.
  return meshObject(model, ['security.istio.io/v1', 'PeerAuthentication', 'default'], { mtls: { mode } });
}

/** Renders an ALLOW policy without rules: from then on everything that no other policy allows is refused. */
export function denyByDefault(model: MeshModel, name: string, target: Target = {}): KubernetesObject {
  return authorizationPolicy(model, name, { ...target });
}

/**
 * Refuses callers that are neither the tenant's nor exempt, whatever else is allowed: denials are evaluated first. All
 * exemptions must be in one source, which means "and not"; with two sources each would refuse what the other exempts.
 */
export function guard(model: MeshModel, name: string, target: Target = {}): KubernetesObject {
  const principals = [
    ...(model.gateway === null ? [] : [principalOf(model, model.gateway)]),
    ...(model.monitoring === null ? [] : [principalOf(model, model.monitoring.identity)]),
    ...model.offered.map(({ consumer }) => principalOf(model, consumer)),
  ];
  const source: Source = {
    // Without mutual TLS callers can be unidentified; the network policies restrict those.
    ...(model.plan.mtls === 'permissive' && { principals: ['*'] }),
    notNamespaces: [...model.namespaces],
    ...(principals.length > 0 && { notPrincipals: [...new Set(principals)].sort() }),
  };
  return authorizationPolicy(model, name, { ...target, action: 'DENY', rules: [{ from: [{ source }] }] });
}

/** Allows the tenant's namespaces, each by its full name: "acme-*" would also match "acme-evil". */
export function allowSameTenant(model: MeshModel, name: string, target: Target = {}): KubernetesObject {
  const own: Source = { namespaces: [...model.namespaces] };
  const unknown: Source = { notPrincipals: ['*'] };
  const sources = model.plan.mtls === 'permissive' ? [own, unknown] : [own];
  const from = sources.map((source) => ({ source }));
  return authorizationPolicy(model, name, { ...target, action: 'ALLOW', rules: [{ from }] });
}

/** Renders all other callers that are allowed to reach pods: the ingress gateway, the metrics collector, links. */
export function allowOthers(model: MeshModel): KubernetesObject[] {
  const { gateway, monitoring, offered } = model;
  const exposed = { selector: { matchLabels: { [EXPOSED_LABEL]: 'true' } } };
  return [
    ...(gateway === null ? [] : [allowIdentity(model, 'tenant-allow-ingress-gateway', exposed, gateway, null)]),
    ...(monitoring === null
      ? []
      : [allowIdentity(model, 'tenant-allow-monitoring', {}, monitoring.identity, monitoring.ports)]),
    ...offered.map((link) => {
      const target = { selector: { matchLabels: { ...link.provider.podLabels } } };
      const ports = link.ports.map(({ targetPort }) => targetPort);
      const name = linkObjectName(link, 'provider');
      const spec = { ...target, ...allowing(principalOf(model, link.consumer), ports) };
      return authorizationPolicy(model, name, spec, link);
    }),
  ];
}

/** Returns `action` and `rules` that allow one caller on some ports; null: on all ports. */
export function allowing(principal: string, ports: readonly number[] | null): Record<string, unknown> {
  const from = [{ source: { principals: [principal] } }];
  const to = ports === null ? {} : { to: [{ operation: { ports: numbers(ports) } }] };
  return { action: 'ALLOW', rules: [{ from, ...to }] };
}

/** Returns an identity as Istio writes it in policies: the SPIFFE id without its scheme. */
export function principalOf({ mesh }: MeshModel, { namespace, serviceAccount }: WorkloadIdentity): string {
  return `${mesh.trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

/**
 * Renders the telemetry of the tenant's requests. Metrics and traces carry the tenant's id, and metrics also whether
 * the mesh refused the request. The content of access logs is set mesh-wide by their provider: the one that Bulkhead
 * asks for (docs/runbooks/observability.md) logs the id, Istio's own does not.
 */
export function telemetry(model: MeshModel, name: string, target: Target = {}): KubernetesObject {
  const { tracingSampling, accessLogs } = model.plan.telemetry;
  const { id } = model.tenant;
  const match = { metric: 'ALL_METRICS', mode: 'CLIENT_AND_SERVER' };
  return meshObject(model, ['telemetry.istio.io/v1', 'Telemetry', name], {
    ...target,
    tracing: [
      { randomSamplingPercentage: tracingSampling, customTags: { [TENANT_ID_LABEL]: { literal: { value: id } } } },
    ],
    accessLogging: accessLogs
      ? [{ providers: [{ name: model.mesh.accessLogProvider ?? 'envoy' }] }]
      : [{ disabled: true }],
    // The value of a tag is an expression, so a string needs quotes.
    metrics: [
      {
        providers: [{ name: 'prometheus' }],
        overrides: [{ match, tagOverrides: { tenant_id: { value: JSON.stringify(id) } } }, ...deniedTagOverrides()],
      },
    ],
  });
}

/** Renders an AuthorizationPolicy of Istio; Linkerd has a kind of that name too. */
export function authorizationPolicy(
  model: MeshModel,
  name: string,
  spec: Record<string, unknown>,
  link?: MeshModel['offered'][number],
): KubernetesObject {
  return meshObject(model, ['security.istio.io/v1', 'AuthorizationPolicy', name], spec, link);
}

function allowIdentity(
  model: MeshModel,
  name: string,
  target: Target,
  identity: WorkloadIdentity,
  ports: readonly number[] | null,
): KubernetesObject {
  return authorizationPolicy(model, name, { ...target, ...allowing(principalOf(model, identity), ports) });
}

function numbers(ports: readonly number[]): string[] {
  return [...new Set(ports)].sort((a, b) => a - b).map(String);
}
