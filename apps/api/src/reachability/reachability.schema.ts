import { type DirectionVerdict, type Port, type Way } from '#isolation';
import { z } from 'zod';

import { type Matrix, type TenantReachability } from './answers.js';

/** What every answer says of itself. */
export const BASIS =
  'Computed from the objects that Bulkhead renders for the current generation of every tenant, not from what stands in ' +
  'the cluster: policies that tenants or administrators add, and changes that are not carried out yet, are not in it.';

const basis = z.literal('rendered').describe(BASIS);
const note = z.string().describe('The same as `basis`, for people.');
const port = z.string().describe('Such as `TCP/443`: where a pod listens, not the port of a Service.');
const ports = z.array(port);
const portsAsked = ports.describe(
  'Ports that were asked for. 40001 of each protocol stands for all that are not listed.',
);
const readingsDiffer = z
  .boolean()
  .describe('Whether network plug-ins differ: an address block may hold pods by their addresses, or never.');

const oneDirection = z.strictObject({
  allowed: z.boolean(),
  decidedBy: z
    .enum(['Admin', 'NetworkPolicy', 'Baseline', 'default', 'not-selectable', 'loopback'])
    .describe('`default`: no policy selects the pod. `not-selectable`: no pod, so policies do not hold it.'),
  because: z.array(
    z.strictObject({
      object: z.string().describe('Such as `NetworkPolicy tn-acme/tenant-allow-dns`.'),
      rule: z.number().int().nullable().describe('Its place in the list of rules; null: the object isolates the pod.'),
      effect: z.enum(['allows', 'denies', 'passes', 'isolates']),
    }),
  ),
});

const way = z.strictObject({
  direction: z.enum(['outbound', 'inbound', 'within']),
  namespace: z.string().describe("The tenant's side; of `within` the sender."),
  pods: z.array(z.string()).describe('Kinds of pods in it for which this holds.'),
  place: z.string().describe('The other side, such as `dns` or `internet`; a tenant by its id.'),
  endpoint: z.string().describe('What of it.'),
  allowed: z.boolean(),
  ports,
  readingsDiffer,
  egress: oneDirection.describe('What holds the sender.'),
  ingress: oneDirection.describe('What holds the receiver.'),
});

const mesh = z
  .strictObject({
    kind: z.string().describe('Such as `istio-ambient`.'),
    objects: z.array(z.string()).describe('Such as `AuthorizationPolicy tn-acme/tenant-isolation-guard`.'),
    tunnelPort: z
      .int()
      .nullable()
      .describe('Where pods of the mesh take what others of it send, for whatever port; null: each port is its own.'),
  })
  .describe(
    'Objects of the service mesh that decide beside the network policies, by whom the caller’s certificate names. They ' +
      'open nothing that `ways` has closed, and may close what it has open.',
  );

export const tenantReachabilityResponse = z.strictObject({
  ...{ tenantId: z.string(), slug: z.string(), generation: z.number().int(), basis, note },
  ports: portsAsked,
  mesh: mesh.nullable(),
  ways: z.array(way).describe('The tenant with itself, with the platform, and with what is outside; closed ways too.'),
  otherTenants: z.strictObject({
    checked: z.number().int().describe('How many others there are.'),
    reaches: z.array(z.string()).describe('Ids of tenants that it reaches on any port.'),
    reachedBy: z.array(z.string()).describe('Ids of tenants that reach it on any port.'),
    links: z
      .array(
        z.strictObject({
          id: z.string(),
          direction: z.enum(['outbound', 'inbound']).describe('`outbound`: the tenant is the consumer.'),
          tenantId: z.string().describe('The other tenant.'),
          ways: z.array(way).describe('What is open between the two, as seen from the consumer; nothing else may be.'),
        }),
      )
      .describe('Links in force. What other tenants reach or are reached by without one is a fault.'),
    example: z.array(way).describe('Every way to and from one of the others, as an example.'),
  }),
});
export type TenantReachabilityResponse = z.output<typeof tenantReachabilityResponse>;

export const matrixResponse = z.strictObject({
  ...{ basis, note, ports: portsAsked },
  places: z.array(
    z.strictObject({
      id: z.string().describe('Of a tenant its id.'),
      label: z.string(),
      kind: z.enum(['tenant', 'platform', 'outside']),
    }),
  ),
  links: z
    .array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        complete: z.boolean().describe('Whether all pods of the one reach all of the other on all ports asked for.'),
        ports: ports.describe('Those that are open between any two.'),
        readingsDiffer,
        becauseOf: z
          .array(z.string())
          .describe('Of a way between two tenants the links that account for all of it; none: it is a fault.'),
      }),
    )
    .describe(
      'Ways that are open, also from a place to itself. A tenant and a place without a link do not reach each other; what is between two places that are no tenants is not asked.',
    ),
});
export type MatrixResponse = z.output<typeof matrixResponse>;

export const matrixQuery = z.strictObject({
  format: z.enum(['json', 'svg']).optional().describe('`svg`: a picture, as with `Accept: image/svg+xml`.'),
});

/** How the ways of one tenant are answered. */
export function toTenantReachability(found: TenantReachability): TenantReachabilityResponse {
  const { id, slug, generation } = found.tenant;
  const ids = (own: 'from' | 'to', other: 'from' | 'to'): string[] =>
    found.crossings.filter((link) => link[own] === id).map((link) => link[other]);
  return {
    ...{ tenantId: id, slug, generation, basis: 'rendered', note: BASIS },
    ports: found.ports.map(portText),
    mesh: found.mesh,
    ways: found.ways.map(toWay),
    otherTenants: {
      ...{ checked: found.others, reaches: ids('from', 'to'), reachedBy: ids('to', 'from') },
      links: found.links.map((link) => ({ ...link, ways: link.ways.map(toWay) })),
      example: found.example.map(toWay),
    },
  };
}

/** How the ways of all tenants are answered. */
export function toMatrix({ places, ports: asked, links }: Matrix): MatrixResponse {
  return {
    ...{ basis: 'rendered', note: BASIS, ports: asked.map(portText), places },
    links: links.map((link) => ({ ...link, ports: link.ports.map(portText) })),
  };
}

function toWay(found: Way): TenantReachabilityResponse['ways'][number] {
  const { ports: open, egress, ingress, ...rest } = found;
  return { ...rest, ports: open.map(portText), egress: toDirection(egress), ingress: toDirection(ingress) };
}

function toDirection({ because, ...rest }: DirectionVerdict): z.output<typeof oneDirection> {
  const named = because.map(({ object: { kind, namespace, name }, rule, effect }) => ({
    ...{ object: `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`, rule, effect },
  }));
  return { ...rest, because: named };
}

function portText({ protocol, port: number }: Port): string {
  return `${protocol}/${number}`;
}
