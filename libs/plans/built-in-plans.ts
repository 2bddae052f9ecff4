import { type PlanSpecInput } from './plan-spec.js';

/** A plan that ships with the product. */
export interface BuiltInPlan {
  id: string;
  displayName: string;
  description: string;
  spec: PlanSpecInput;
}

const free: PlanSpecInput = {
  quota: {
    cpu: '1',
    memory: '1Gi',
    ephemeralStorage: '5Gi',
    storage: '2Gi',
    volumeClaims: 2,
    pods: 10,
    finishedPods: 50,
    services: 5,
    ingresses: 2,
    configMaps: 20,
    secrets: 20,
    serviceAccounts: 10,
    deployments: 5,
    replicaSets: 50,
    statefulSets: 2,
    daemonSets: 0,
    replicationControllers: 0,
    jobs: 10,
    cronJobs: 2,
    horizontalPodAutoscalers: 2,
    podDisruptionBudgets: 5,
  },
  containerDefaults: { limits: { cpu: '200m', memory: '128Mi' }, max: { cpu: '500m', memory: '512Mi' } },
  network: { internetEgress: 'https', monitoring: false },
  links: { max: 2, maxDays: 30 },
  billing: { paymentGraceDays: 0, deletionRetentionDays: 7 },
};

const team: PlanSpecInput = {
  environments: { default: ['main'], max: 3 },
  quota: { cpu: '8', memory: '16Gi', ephemeralStorage: '50Gi', storage: '100Gi', volumeClaims: 30, pods: 100 },
  containerDefaults: { limits: { cpu: '500m', memory: '512Mi' }, max: { cpu: '4', memory: '8Gi' } },
  network: { internetEgress: 'any', ingressGateway: true },
  mesh: { telemetry: { tracingSampling: 5 } },
};

const regulated: PlanSpecInput = {
  environments: { default: ['main', 'staging'], max: 5 },
  quota: {
    cpu: '32',
    memory: '64Gi',
    ephemeralStorage: '200Gi',
    storage: '1Ti',
    volumeClaims: 100,
    pods: 300,
    services: 150,
    configMaps: 300,
    secrets: 300,
  },
  containerDefaults: { limits: { cpu: '1', memory: '1Gi' } },
  network: {
    internetEgress: 'none',
    // A documentation range (RFC 5737) as a placeholder for the partner networks, which differ between customers.
    allowCidrs: ['203.0.113.0/24'],
    ingressGateway: true,
  },
  mesh: { mtls: 'strict', waypoint: true, telemetry: { tracingSampling: 10, accessLogs: true } },
  images: { requireDigest: true },
  nodePool: 'regulated',
  isolationChecks: { everyHours: 24 },
  links: { max: 10, maxDays: 30 },
  billing: { paymentGraceDays: 30, deletionRetentionDays: 365 },
};

/** The plans of a fresh installation. */
export const builtInPlans: readonly BuiltInPlan[] = [
  {
    id: 'free',
    displayName: 'Free',
    description: 'One small environment to try things out, with internet access over HTTPS.',
    spec: free,
  },
  {
    id: 'team',
    displayName: 'Team',
    description: 'Up to three environments behind the ingress gateway.',
    spec: team,
  },
  {
    id: 'regulated',
    displayName: 'Regulated',
    description:
      'For finance and health: dedicated nodes, no internet except listed networks, strict mesh, long retention.',
    spec: regulated,
  },
];
