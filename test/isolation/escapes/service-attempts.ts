import { type Attempts, type Json, type Makers } from './makers.js';

/** Attempts to receive or send traffic past the gateway. */
export function serviceEscapes({ service }: Makers): Attempts {
  const balanced = (loadBalancerClass: string): Json => ({
    type: 'LoadBalancer',
    allocateLoadBalancerNodePorts: false,
    loadBalancerClass,
  });
  return {
    'a node port': [
      () => service({ type: 'NodePort' }),
      () => service({ type: 'ClusterIP' }),
      'ClusterIP or LoadBalancer',
    ],
    'an external name': [
      () => service({ type: 'ExternalName', externalName: 'metadata.google.internal' }),
      () => service({}),
      'ClusterIP or LoadBalancer',
    ],
    'an external address': [
      () => service({ externalIPs: ['203.0.113.1'] }),
      () => service({}),
      'must not set external addresses',
    ],
    'a load balancer of another network': [
      () => service(balanced('tailscale')),
      () => service(balanced('example.com/public')),
      'this load balancer class',
    ],
  };
}
