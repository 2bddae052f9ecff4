/** One valid object of each kind that configures a mesh, in every served version. */
export const meshKindExamples: readonly [string, string, object][] = [
  ...versions('networking.istio.io', ['v1', 'v1beta1', 'v1alpha3'], {
    DestinationRule: { host: 'web', trafficPolicy: { tls: { mode: 'DISABLE' } } },
    Gateway: {
      selector: { istio: 'ingressgateway' },
      servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }],
    },
    ServiceEntry: {
      hosts: ['bank.example'],
      ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
      resolution: 'DNS',
    },
    Sidecar: { egress: [{ hosts: ['*/*'] }] },
    VirtualService: { hosts: ['bank.example'], http: [{ route: [{ destination: { host: 'web' } }] }] },
    WorkloadEntry: { address: '192.0.2.1' },
    WorkloadGroup: { template: { serviceAccount: 'default' } },
  }),
  ...versions('networking.istio.io', ['v1alpha3'], { EnvoyFilter: {} }),
  ...versions('networking.istio.io', ['v1beta1'], { ProxyConfig: { concurrency: 1 } }),
  ...versions('security.istio.io', ['v1', 'v1beta1'], {
    AuthorizationPolicy: { rules: [{}] },
    PeerAuthentication: { mtls: { mode: 'DISABLE' } },
    RequestAuthentication: { jwtRules: [{ issuer: 'evil', jwksUri: 'https://evil.example' }] },
  }),
  ...versions('telemetry.istio.io', ['v1', 'v1alpha1'], { Telemetry: { accessLogging: [{ disabled: true }] } }),
  ...versions('extensions.istio.io', ['v1alpha1'], {
    TrafficExtension: { lua: { inlineCode: 'function envoy_on_request(handle) end' } },
    WasmPlugin: { url: 'oci://evil.example/plugin' },
  }),
];

/** Those of Linkerd, as defined in a development cluster. */
export const linkerdKindExamples: readonly [string, string, object][] = [
  ...versions('policy.linkerd.io', ['v1alpha1'], {
    AuthorizationPolicy: { targetRef: { kind: 'Namespace', name: 'tn-other' }, requiredAuthenticationRefs: [] },
    EgressNetwork: { trafficPolicy: 'Allow' },
    HTTPLocalRateLimitPolicy: { targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: 'web' } },
    MeshTLSAuthentication: { identities: ['*'] },
    NetworkAuthentication: { networks: [{ cidr: '0.0.0.0/0' }] },
  }),
  ...versions('policy.linkerd.io', ['v1beta3'], {
    HTTPRoute: { parentRefs: [{ group: 'policy.linkerd.io', kind: 'Server', name: 'web' }] },
    Server: { podSelector: {}, port: 80, accessPolicy: 'all-unauthenticated' },
  }),
];

function versions(group: string, served: readonly string[], kinds: Record<string, object>): [string, string, object][] {
  return served.flatMap((version) =>
    Object.entries(kinds).map(([kind, spec]): [string, string, object] => [`${group}/${version}`, kind, spec]),
  );
}
