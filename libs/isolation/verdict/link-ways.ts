import { isCutOff } from '../model/restriction.js';
import { type TenantInput, type TenantLink } from '../model/tenant-input.js';
import { tunnelPort } from '../network/mesh-network.js';
import { type Endpoint, type Port } from './endpoint.js';
import { type Place } from './open-links.js';
import { type Policies } from './policies.js';
import { type Way, waysBetween } from './tenant-ways.js';

/**
 * The link because of which a tenant's own side of a way to or from another tenant is to be open, read from the link
 * itself and not from what is rendered for it; null: it is to be closed.
 * @param direction as seen from the tenant
 */
export function linkFor(
  tenant: TenantInput,
  [from, to]: readonly [Endpoint, Endpoint],
  port: Port,
  direction: 'inbound' | 'outbound',
): TenantLink | null {
  if (from.kind !== 'pod' || to.kind !== 'pod' || port.protocol !== 'TCP') return null;
  const tunnel = tunnelPort(tenant);
  const found = (tenant.links ?? []).find(({ provider, consumer, ports }) => {
    const own = direction === 'inbound' ? provider : consumer;
    const isBetween = consumer.namespace === from.namespace && provider.namespace === to.namespace;
    const isLed = Object.entries(provider.podLabels).every(([key, value]) => to.labels[key] === value);
    const targets = ports.map(({ targetPort }) => targetPort);
    // A mesh that tunnels takes all ports at one; the consumer does not know which way the provider's pods take.
    const open = tunnel === null ? targets : direction === 'inbound' ? [tunnel] : [...targets, tunnel];
    return own.tenantId === tenant.id && isBetween && isLed && open.includes(port.port);
  });
  return isCutOff(tenant) ? null : (found ?? null);
}

/** The ports of pods that a link may open between its tenants. */
export function portsOfLink(consumer: Pick<TenantInput, 'cluster' | 'plan'>, { ports }: TenantLink): number[] {
  const tunnel = tunnelPort(consumer);
  return [...ports.map(({ targetPort }) => targetPort), ...(tunnel === null ? [] : [tunnel])];
}

/** The ways that are open from the consumer of a link to its provider, all of them, with what opens each. */
export function waysOverLink(
  policies: Policies,
  link: TenantLink,
  places: readonly Place[],
  ports: readonly Port[],
): Way[] {
  const [from, to] = [link.consumer, link.provider].map(({ tenantId }) => places.find(({ id }) => id === tenantId));
  if (from === undefined || to === undefined) return [];
  return waysBetween(policies, from, to, ports, 'outbound').filter(({ allowed }) => allowed);
}
