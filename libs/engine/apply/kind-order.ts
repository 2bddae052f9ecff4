import { isTenantKind, isWorkloadKind, type TenantKind, type WorkloadKind } from '#kube';

/** Waves in which objects are written, in this order. */
export const waves = {
  namespaces: 0,
  changedQuotas: 1,
  /** Everything that restricts. */
  restrictions: 2,
  /** Existing namespaces that join another mesh. After this wave, the tenant is fully restricted. */
  joiningNamespaces: 3,
  /** Everything that opens traffic or gives access. */
  openings: 4,
  /** Workloads that other workloads refer to. */
  dependencies: 5,
  workloads: 6,
} as const;

/** What objects of a kind do to traffic and access. */
type Effect =
  /** Opens nothing. */
  | 'closes'
  /** Allows traffic, and closes the pods it selects to everything else. */
  | 'allows'
  /** One of the above, by the object's name: see `restrictsMesh`. */
  | 'by-name'
  /** Gives people and programs access. */
  | 'gives-access';

interface Order {
  wave: (typeof waves)[keyof typeof waves];
  effect: Effect;
}

const closing: Order = { wave: waves.restrictions, effect: 'closes' };
const allowing: Order = { wave: waves.openings, effect: 'allows' };
const dependency: Order = { wave: waves.dependencies, effect: 'closes' };
const running: Order = { wave: waves.workloads, effect: 'closes' };

const orders: Record<TenantKind | WorkloadKind, Order> = {
  Namespace: { wave: waves.namespaces, effect: 'closes' },
  // Also `waveOf`: a quota that exists is changed before others are created.
  ResourceQuota: closing,
  LimitRange: closing,
  ServiceAccount: closing,
  NetworkPolicy: { wave: waves.restrictions, effect: 'allows' },
  RoleBinding: { wave: waves.openings, effect: 'gives-access' },
  PeerAuthentication: closing,
  AuthorizationPolicy: { wave: waves.openings, effect: 'by-name' },
  Sidecar: closing,
  DestinationRule: closing,
  ServiceEntry: allowing,
  EnvoyFilter: { wave: waves.openings, effect: 'by-name' },
  Telemetry: closing,
  Server: closing,
  MeshTLSAuthentication: allowing,
  NetworkAuthentication: allowing,
  EgressNetwork: { wave: waves.openings, effect: 'by-name' },
  HTTPLocalRateLimitPolicy: closing,
  Gateway: allowing,
  HTTPRoute: allowing,
  ListenerSet: allowing,
  ConfigMap: dependency,
  PersistentVolumeClaim: dependency,
  Service: dependency,
  HorizontalPodAutoscaler: running,
  CronJob: running,
  Deployment: running,
  StatefulSet: running,
  Job: running,
  Ingress: running,
  PodDisruptionBudget: running,
};

/** Returns the place of a kind among the waves; that of what opens for a kind that Bulkhead does not write. */
export function orderOf(kind: string): Order {
  return isTenantKind(kind) || isWorkloadKind(kind) ? orders[kind] : allowing;
}
