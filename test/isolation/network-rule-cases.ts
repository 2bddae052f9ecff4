import { judge, type KubernetesObject, type NetworkRule, Policies, renderNetwork, type TenantInput } from '#isolation';
import { type PlanSpecInput } from '#plans';

import { address, pod } from './policies.js';
import { planWith, tenant } from './tenants.js';

let count = 0;

/** Returns a rule for all environments, pods and ports that allows egress, with a new id. */
export function rule(more: Partial<NetworkRule> & Pick<NetworkRule, 'cidrs'>): NetworkRule {
  count += 1;
  return {
    id: `rule_${String(count).padStart(3, '0')}`,
    direction: 'egress',
    action: 'allow',
    hosts: [],
    except: [],
    ports: [],
    environments: null,
    podLabels: {},
    beyondPlan: true,
    ...more,
  };
}

/** A connection between a pod of the tenant and an address, by default TCP port 443 of a pod of "main" without labels. */
export interface Connection {
  direction?: NetworkRule['direction'];
  address: string;
  protocol?: 'TCP' | 'UDP' | 'SCTP';
  port?: number;
  namespace?: string;
  labels?: Record<string, string>;
}

/** Returns the verdict about connections of a tenant, by the policies rendered for it. */
export function verdicts(tenant: TenantInput): (connection: Connection) => boolean {
  const policies = Policies.read(renderNetwork(tenant));
  const [{ namespace: first } = { namespace: '' }] = tenant.environments;
  return ({ direction = 'egress', address: text, protocol = 'TCP', port = 443, namespace = first, labels = {} }) => {
    const [own, other] = [pod(namespace, labels, { addresses: tenant.cluster.podCidrs }), address(text)];
    const [from, to] = direction === 'egress' ? [own, other] : [other, own];
    return judge(policies, from, to, { protocol, port })[direction].allowed;
  };
}

/** Returns a tenant with these rules, whose plan has these settings of the network. */
export function tenantWith(
  networkRules: readonly NetworkRule[],
  network: PlanSpecInput['network'] = {},
  environments: readonly string[] = ['main'],
): TenantInput {
  return { ...tenant('acme', planWith({ network }), environments), networkRules };
}

export function policiesOf(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.filter(({ kind }) => kind === 'NetworkPolicy');
}
