import { isCutOff } from '../model/restriction.js';
import { type TenantInput, type TenantLink } from '../model/tenant-input.js';
import { tunnelPort } from '../network/mesh-network.js';
import { type Endpoint, type Port } from './endpoint.js';
import { type Place } from './open-paths.js';
import { type Policies } from './policies.js';
import { type Path, pathsBetween } from './tenant-paths.js';

/**
 * Returns the link that requires a tenant's own side of a connection with another tenant to be open, derived from the
 * link itself and not from the object set; null: it must be closed.
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
    const isSelected = Object.entries(provider.podLabels).every(([key, value]) => to.labels[key] === value);
    const targets = ports.map(({ targetPort }) => targetPort);
    // A mesh with a tunnel takes all traffic on one port; the consumer does not know whether the provider's pods use
    // it.
    const open = tunnel === null ? targets : direction === 'inbound' ? [tunnel] : [...targets, tunnel];
    return own.tenantId === tenant.id && isBetween && isSelected && open.includes(port.port);
  });
  return isCutOff(tenant) ? null : (found ?? null);
}

/** Returns the pod ports that a link can open between its tenants. */
export function portsOfLink(consumer: Pick<TenantInput, 'cluster' | 'plan'>, { ports }: TenantLink): number[] {
  const tunnel = tunnelPort(consumer);
  return [...ports.map(({ targetPort }) => targetPort), ...(tunnel === null ? [] : [tunnel])];
}

/** Returns all open paths from the consumer of a link to its provider, with the rules that open them. */
export function pathsOverLink(
  policies: Policies,
  link: TenantLink,
  places: readonly Place[],
  ports: readonly Port[],
): Path[] {
  const [from, to] = [link.consumer, link.provider].map(({ tenantId }) => places.find(({ id }) => id === tenantId));
  if (from === undefined || to === undefined) return [];
  return pathsBetween(policies, from, to, ports, 'outbound').filter(({ allowed }) => allowed);
}
