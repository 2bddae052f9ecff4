/** The values that have no default. */
export const minimal = { image: { repository: 'registry.example.com/bulkhead' }, database: { secret: { name: 'db' } } };

/** For a worker of another cluster. */
export const remote = { worker: { kubeconfigSecret: { name: 'kubeconfig' }, rbac: { create: false } } };

/** Every value set. */
export const maximal = {
  image: { ...minimal.image, digest: `sha256:${'a'.repeat(64)}` },
  imagePullSecrets: [{ name: 'registry' }],
  database: { secret: { name: 'db', key: 'url' }, pool: 8 },
  queue: { driver: 'redis', redisSecret: { name: 'redis' } },
  api: {
    issuers: [{ name: 'people', issuer: 'https://login.example', audiences: ['bulkhead'] }],
    prometheus: { url: 'https://prometheus.example', tokenSecret: { name: 'prometheus' } },
    service: { annotations: { note: 'mine' } },
    podLabels: { team: 'platform' },
    podAnnotations: { note: 'mine' },
    nodeSelector: { pool: 'platform' },
    tolerations: [{ key: 'platform', operator: 'Exists' }],
    topologySpreadConstraints: [
      { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
    ],
    priorityClassName: 'system-cluster-critical',
    autoscaling: { enabled: true, maxReplicas: 8 },
    serviceAccount: { annotations: { note: 'mine' } },
    extraEnv: [{ name: 'BULKHEAD_WORKER_CONCURRENCY', value: '1' }],
    extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
    extraVolumeMounts: [{ name: 'ca', mountPath: '/etc/ca' }],
  },
  ingress: { enabled: true, className: 'nginx', host: 'bulkhead.example', tlsSecretName: 'tls' },
  worker: {
    signingKeySecret: { name: 'signing' },
    cluster: { podCidrs: ['10.244.0.0/16'] },
    affinity: { nodeAffinity: {} },
    serviceAccount: { annotations: { note: 'mine' } },
    extraEnv: [{ name: 'BULKHEAD_EVENT_STREAMS', value: '1' }],
    extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
    extraVolumeMounts: [{ name: 'ca', mountPath: '/etc/ca' }],
  },
  monitoring: {
    from: [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }],
    grafanaDashboard: { enabled: true },
  },
  networkPolicy: {
    apiFrom: [{ namespaceSelector: { matchLabels: { name: 'ingress' } } }],
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ protocol: 'TCP', port: 5432 }] }],
  },
};
