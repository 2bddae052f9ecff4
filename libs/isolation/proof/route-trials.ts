import { type TenantInput } from '../model/tenant-input.js';
import { PlainObjects, TRIAL_NAME } from './plain-objects.js';
import { control, refused, type TrialCheck, trialCheck, type TriedWrite } from './trial.js';

type Json = Record<string, unknown>;

const GATEWAY_API = 'gateway.networking.k8s.io/v1';

/** Tests the admission baseline for routes in one namespace; empty if the cluster has no Gateway API. */
export function routeTrials(tenant: TenantInput, namespace: string): TrialCheck[] {
  const { cluster, plan, hosts = [] } = tenant;
  if (cluster.knowsGatewayApi !== true) return [];
  const plain = new PlainObjects(tenant, namespace);
  const { sharedGateway = null } = cluster;
  const gateway = { namespace: sharedGateway?.namespace, name: sharedGateway?.name };
  const [own = ''] = hosts;
  const route = (more: Json = {}, backend: Json = {}): TriedWrite => {
    const rules = [{ backendRefs: [{ name: TRIAL_NAME, port: 80, ...backend }] }];
    const spec = { parentRefs: [gateway], hostnames: [`proof.${own}`], rules, ...more };
    return plain.make(GATEWAY_API, 'httproutes', 'HTTPRoute', { spec });
  };
  const faulty = (more: Json, says: RegExp): ReturnType<typeof refused> => refused(route(more), more, says);
  const elsewhere = { namespace: 'kube-system' };
  const grant = {
    from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'another' }],
    to: [{ group: '', kind: 'Service' }],
  };
  const withoutAll =
    sharedGateway === null || !plan.spec.network.ingressGateway
      ? 'The tenant has no Gateway to attach routes to, so admission refuses every route.'
      : 'The tenant has no host, so admission refuses every route.';
  const applies = hosts.length > 0 && sharedGateway !== null && plan.spec.network.ingressGateway;
  return [
    trialCheck(
      { id: 'confine-routes', title: 'Routes can use only hosts and services of the tenant', area: 'services' },
      [
        control(route()),
        faulty({ hostnames: ['another.invalid'] }, /must name hosts of this tenant/),
        faulty({ hostnames: [] }, /must name hosts of this tenant/),
        faulty({ parentRefs: [{ ...gateway, name: 'another' }] }, /attach to the Gateway of the platform/),
        refused(route({}, elsewhere), elsewhere, /Services of its own namespace/),
        refused(
          plain.make(GATEWAY_API, 'referencegrants', 'ReferenceGrant', { spec: grant }),
          grant,
          /are reserved for Bulkhead/,
        ),
      ],
      applies ? null : withoutAll,
    ),
  ];
}
