import { type NetworkRule } from '../model/network-rule.js';
import { type TenantInput } from '../model/tenant-input.js';

/** Where a rule is enforced, and which address of the traffic is compared there. */
export interface RuleLayer {
  layer: 'NetworkPolicy' | 'service mesh';
  /** Sentences. */
  address: string;
}

const byName: RuleLayer = {
  layer: 'service mesh',
  address:
    'None: the proxy of the pod compares the name in the request (Host on port 80, TLS SNI on others), resolves it itself, ' +
    'and connects to what it finds. The network policies open the ports of the rule to the internet alone, and nothing ' +
    'that is always closed or that a rule denies by address.',
};

/** Returns the layers at which a rule holds. Pure. */
export function layersOf(
  { direction, cidrs }: Pick<NetworkRule, 'direction' | 'cidrs'>,
  { plan, cluster }: Pick<TenantInput, 'plan' | 'cluster'>,
): RuleLayer[] {
  if (cidrs.length === 0) return [byName];
  if (direction === 'egress') {
    return [
      { layer: 'NetworkPolicy', address: 'The destination, after Services have translated it to a pod or endpoint.' },
    ];
  }
  const balanced = plan.spec.network.healthCheckNodePorts
    ? 'Behind a load balancer it is the caller’s only if its Service has `externalTrafficPolicy: Local`; otherwise it is ' +
      'that of a node.'
    : 'Behind a load balancer it is that of a node, because the plan does not let Services keep the addresses of callers ' +
      '(`network.healthCheckNodePorts`).';
  const gateway =
    plan.spec.network.ingressGateway && cluster.gateway !== null
      ? ' Requests through the platform’s gateway come from the gateway, which no rule affects.'
      : '';
  return [{ layer: 'NetworkPolicy', address: `The source, as the node of the pod sees it. ${balanced}${gateway}` }];
}
