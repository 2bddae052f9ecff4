import { GATEWAY_LABEL } from '../model/labels.js';
import { type TenantInput } from '../model/tenant-input.js';
import { PlainObjects, TRIAL_NAME } from './plain-objects.js';
import { control, type Question, refused, type TrialCheck, trialCheck, type TriedWrite } from './trial.js';

type Json = Record<string, unknown>;

/** Tests that nothing in one namespace can leave the mesh or pass for a part of it. */
export function meshTrials(tenant: TenantInput, namespace: string): TrialCheck[] {
  const plain = new PlainObjects(tenant, namespace);
  return [bypassTrial(plain), imitationTrial(plain), ...objectTrials(plain), meshKindTrial(tenant, plain)];
}

function bypassTrial(plain: PlainObjects): TrialCheck {
  const faults: Json[] = [
    { labels: { 'sidecar.istio.io/inject': 'false' } },
    { labels: { 'istio.io/dataplane-mode': 'none' } },
    { labels: { 'istio.io/use-waypoint': 'none' } },
    { annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '443' } },
    { annotations: { 'ambient.istio.io/bypass-inbound-capture': 'true' } },
    { annotations: { 'config.linkerd.io/skip-outbound-ports': '443' } },
    { annotations: { 'linkerd.io/inject': 'disabled' } },
  ];
  const users: Json[] = [{ runAsUser: 1337 }, { runAsUser: 2102 }];
  return trialCheck({ id: 'block-mesh-bypass', title: 'Pods cannot leave the mesh', area: 'pods' }, [
    control(plain.pod({}, { labels: { app: 'proof' }, annotations: { note: 'proof' } })),
    ...faults.map((metadata) => refused(plain.pod({}, metadata), metadata)),
    ...users.map((user) => refused(plain.podWith(user), { securityContext: user })),
  ]);
}

/** Tests parts that only injection puts into pods, in pods and in templates. */
function imitationTrial(plain: PlainObjects): TrialCheck {
  const proxies = ['istio-proxy', 'linkerd-proxy'];
  const image = plain.image;
  const init = (name: string): Json => ({
    initContainers: [plain.container({ name, image, restartPolicy: 'Always' })],
  });
  const template = 'template.spec.initContainers[0].name';
  return trialCheck(
    { id: 'block-mesh-imitations', title: 'Only the mesh can put its proxies into pods', area: 'pods' },
    [
      control(plain.pod(init('another'))),
      ...proxies.map((name) =>
        refused(plain.pod(init(name)), init(name), /Only the mesh can put|pods must be created by workloads/),
      ),
      control(plain.deployment(1, init('another'))),
      ...proxies.map((name) =>
        refused(plain.deployment(1, init(name)), { [template]: name }, /Templates must not contain/),
      ),
    ],
  );
}

function objectTrials(plain: PlainObjects): TrialCheck[] {
  const marks: Json[] = [
    { annotations: { 'networking.istio.io/exportTo': '*' } },
    { labels: { 'istio.io/use-waypoint': 'none' } },
  ];
  const gateway = { labels: { [GATEWAY_LABEL]: TRIAL_NAME } };
  const service = (metadata: Json): TriedWrite => plain.service({}, metadata);
  return [
    trialCheck({ id: 'block-mesh-marks', title: 'Services cannot configure the mesh', area: 'services' }, [
      control(service({ labels: { app: TRIAL_NAME }, annotations: { note: 'proof' } })),
      ...marks.map((metadata) => refused(service(metadata), metadata, /must not change how the mesh treats it/)),
    ]),
    trialCheck({ id: 'protect-mesh-gateways', title: 'Objects cannot pass for a waypoint', area: 'services' }, [
      control(plain.deployment(1)),
      refused(plain.deployment(1, {}, gateway), gateway, /belong to the mesh/),
    ]),
  ];
}

const istioKinds: readonly [string, string, string, Json][] = [
  ['networking.istio.io/v1alpha3', 'envoyfilters', 'EnvoyFilter', {}],
  ['networking.istio.io/v1', 'sidecars', 'Sidecar', { egress: [{ hosts: ['*/*'] }] }],
  ['networking.istio.io/v1', 'virtualservices', 'VirtualService', { hosts: ['another.invalid'], http: [{}] }],
  ['security.istio.io/v1', 'authorizationpolicies', 'AuthorizationPolicy', { rules: [{}] }],
  ['security.istio.io/v1', 'peerauthentications', 'PeerAuthentication', { mtls: { mode: 'DISABLE' } }],
];
const linkerdKinds: readonly [string, string, string, Json][] = [
  ['policy.linkerd.io/v1alpha1', 'meshtlsauthentications', 'MeshTLSAuthentication', { identities: ['*'] }],
  ['policy.linkerd.io/v1alpha1', 'egressnetworks', 'EgressNetwork', { trafficPolicy: 'Allow' }],
];

/** Only Bulkhead configures the mesh. Kinds of a mesh that the cluster does not have cannot be tried. */
function meshKindTrial(tenant: TenantInput, plain: PlainObjects): TrialCheck {
  const mesh = tenant.cluster.mesh ?? null;
  const kinds = mesh?.kind === 'linkerd' ? linkerdKinds : istioKinds;
  const tried = ([apiVersion, resource, kind, spec]: (typeof kinds)[number]): Question =>
    refused(plain.make(apiVersion, resource, kind, { spec }), spec, /The mesh is configured by Bulkhead/);
  return trialCheck(
    {
      id: 'block-mesh-kinds',
      title: 'Tenants cannot write objects of the mesh',
      area: 'network',
      condition: 'NetworkIsolated',
    },
    [control(plain.make('v1', 'configmaps', 'ConfigMap', {})), ...kinds.map(tried)],
    mesh === null ? 'The cluster has no mesh.' : null,
  );
}
