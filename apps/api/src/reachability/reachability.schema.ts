import { type DirectionVerdict, type Port, type Path } from '#isolation';
import { z } from 'zod';

import { type Matrix, type TenantReachability } from './answers.js';

/** Disclaimer of every answer. */
export const BASIS =
  'Computed from the objects that Bulkhead renders for the current generation of every tenant, not from the cluster: ' +
  'it ignores policies added by tenants or administrators, and does not wait for pending changes to be carried out.';

const basis = z.literal('rendered').describe('From the objects that Bulkhead renders, not from the cluster.');
const note = z.string().describe('Explanation of `basis` for humans.');
/** What answers rest on. */
export const answerBasis = z.strictObject({ basis, note }).meta({ id: 'ReachabilityBasis' });
const port = z.string().describe('Such as `TCP/443`: the port on which a pod listens, not that of a Service.');
const ports = z.array(port);
const portsAsked = ports.describe(
  'Ports that were checked. 40001 of each protocol stands for all ports that are not listed.',
);
export const readingsDiffer = z
  .boolean()
  .describe('Whether the verdict depends on the network plug-in: some apply address blocks to pods, others never do.');

const leftOut = z
  .array(
    z.strictObject({
      id: z.string(),
      slug: z.string(),
      reason: z.string().describe('The same text as in the condition `Ready` of the tenant.'),
    }),
  )
  .describe('Tenants whose objects cannot be computed: nothing is known about their paths. Usually empty.');

export const oneDirection = z
  .strictObject({
    allowed: z.boolean(),
    decidedBy: z
      .enum(['Admin', 'NetworkPolicy', 'Baseline', 'default', 'not-selectable', 'loopback'])
      .describe('`default`: no policy selects the pod. `not-selectable`: not a pod, so no policy applies to it.'),
    because: z.array(
      z.strictObject({
        object: z.string().describe('Such as `NetworkPolicy tn-acme/tenant-allow`.'),
        rule: z
          .number()
          .int()
          .nullable()
          .describe('Index of the rule; null if the object isolates the pod by selecting it.'),
        effect: z.enum(['allows', 'denies', 'passes', 'isolates']),
      }),
    ),
  })
  .meta({ id: 'ReachabilityVerdict' });

const way = z
  .strictObject({
    direction: z.enum(['outbound', 'inbound', 'within']),
    namespace: z.string().describe('Namespace of the tenant; for `within`, of the sender.'),
    pods: z.array(z.string()).describe('Kinds of pods in the namespace to which this applies.'),
    place: z.string().describe('The other side, such as `dns`, `internet` or a tenant id.'),
    endpoint: z.string().describe('Endpoint of the place.'),
    allowed: z.boolean(),
    ports,
    readingsDiffer,
    egress: oneDirection.describe('Verdict on the sender’s side.'),
    ingress: oneDirection.describe('Verdict on the receiver’s side.'),
  })
  .meta({ id: 'ReachabilityPath' });

const mesh = z
  .strictObject({
    kind: z.string().describe('Such as `istio-ambient`.'),
    objects: z.array(z.string()).describe('Such as `AuthorizationPolicy tn-acme/tenant-isolation-guard`.'),
    tunnelPort: z
      .int()
      .nullable()
      .describe('Port on which mesh pods receive all traffic from the mesh; null if traffic keeps its ports.'),
  })
  .describe(
    'Policies of the service mesh, which decide by the identity in the caller’s certificate in addition to the ' +
      'network policies. They can close paths that `ways` reports as open, but never open closed ones.',
  );

export const tenantReachabilityResponse = z
  .strictObject({
    tenantId: z.string(),
    slug: z.string(),
    generation: z.number().int(),
    basis,
    note,
    leftOut,
    ports: portsAsked,
    mesh: mesh.nullable(),
    ways: z
      .array(way)
      .describe('Paths within the tenant, and between it and the platform or the outside, including closed ones.'),
    otherTenants: z.strictObject({
      checked: z.number().int().describe('Number of other tenants.'),
      reaches: z.array(z.string()).describe('Ids of tenants that this tenant reaches on any port.'),
      reachedBy: z.array(z.string()).describe('Ids of tenants that reach this tenant on any port.'),
      links: z
        .array(
          z.strictObject({
            id: z.string(),
            direction: z.enum(['outbound', 'inbound']).describe('`outbound`: the tenant is the consumer.'),
            tenantId: z.string().describe('The other tenant.'),
            ways: z
              .array(way)
              .describe('The open paths of the link, as seen from the consumer; no others are permitted.'),
          }),
        )
        .describe('Links in force. Any path to or from another tenant without a link is a fault.'),
      example: z.array(way).describe('All paths to and from one of the other tenants, as an example.'),
    }),
  })
  .meta({ id: 'TenantReachability' });
export type TenantReachabilityResponse = z.output<typeof tenantReachabilityResponse>;

export const matrixResponse = z
  .strictObject({
    basis,
    note,
    leftOut,
    ports: portsAsked,
    places: z.array(
      z.strictObject({
        id: z.string().describe('For a tenant, its id.'),
        label: z.string(),
        kind: z.enum(['tenant', 'platform', 'outside']),
      }),
    ),
    links: z
      .array(
        z.strictObject({
          from: z.string(),
          to: z.string(),
          complete: z.boolean().describe('Whether all pods of `from` reach all pods of `to` on all checked ports.'),
          ports: ports.describe('Ports that are open between any two pods.'),
          readingsDiffer,
          becauseOf: z
            .array(z.string())
            .describe(
              'For a path between two tenants, the links that explain all of it; empty if the path is a fault.',
            ),
        }),
      )
      .describe(
        'Open paths, including those from a place to itself. If a tenant and a place are not listed, they do not reach ' +
          'each other. Paths between two non-tenant places are not checked.',
      ),
  })
  .meta({ id: 'Reachability' });
export type MatrixResponse = z.output<typeof matrixResponse>;

export const matrixQuery = z.strictObject({
  format: z.enum(['json', 'svg']).optional().describe('`svg` returns a picture, as does `Accept: image/svg+xml`.'),
});

/** Maps the reachability of a tenant to its response. */
export function toTenantReachability(found: TenantReachability): TenantReachabilityResponse {
  const { id, slug, generation } = found.tenant;
  const ids = (own: 'from' | 'to', other: 'from' | 'to'): string[] =>
    found.crossings.filter((link) => link[own] === id).map((link) => link[other]);
  return {
    tenantId: id,
    slug,
    generation,
    basis: 'rendered',
    note: BASIS,
    leftOut: found.leftOut,
    ports: found.ports.map(portText),
    mesh: found.mesh,
    ways: found.ways.map(toWay),
    otherTenants: {
      checked: found.others,
      reaches: ids('from', 'to'),
      reachedBy: ids('to', 'from'),
      links: found.links.map((link) => ({ ...link, ways: link.ways.map(toWay) })),
      example: found.example.map(toWay),
    },
  };
}

/** Maps the reachability of all tenants to its response. */
export function toMatrix({ places, ports: asked, links, leftOut: tenants }: Matrix): MatrixResponse {
  return {
    basis: 'rendered',
    note: BASIS,
    leftOut: tenants,
    ports: asked.map(portText),
    places,
    links: links.map((link) => ({ ...link, ports: link.ports.map(portText) })),
  };
}

function toWay(found: Path): TenantReachabilityResponse['ways'][number] {
  const { ports: open, egress, ingress, ...rest } = found;
  return { ...rest, ports: open.map(portText), egress: toDirection(egress), ingress: toDirection(ingress) };
}

/** Maps the verdict of one side to the response. */
export function toDirection({ because, ...rest }: DirectionVerdict): z.output<typeof oneDirection> {
  return { ...rest, because: because.map(({ object, rule, effect }) => ({ object: nameOf(object), rule, effect })) };
}

/** Names an object as answers do: `NetworkPolicy tn-acme/tenant-allow`. */
export function nameOf({ kind, namespace, name }: DirectionVerdict['because'][number]['object']): string {
  return `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;
}

function portText({ protocol, port: number }: Port): string {
  return `${protocol}/${number}`;
}
