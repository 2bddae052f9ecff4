import { z } from 'zod';

import { type Cidr, cidrsOverlap, parseCidr, strictlyContainsCidr } from './cidr.js';
import { forbiddenOverlap } from './forbidden-cidrs.js';
import { networkRulesSchema } from './plan-network-rules.js';
import { cidrListSchema, rejectDuplicates } from './value-schemas.js';

/** What a tenant's pods can reach, and what can reach them. */
export const networkSchema = z
  .strictObject({
    internetEgress: z
      .enum(['none', 'https', 'any'])
      .meta({ description: 'What pods can reach on the internet: nothing, TCP port 443, or every port.' })
      .default('none'),
    allowCidrs: cidrListSchema
      .meta({ description: 'Ranges that pods can always reach, on every port.', examples: [['203.0.113.0/24']] })
      .default([]),
    denyCidrs: cidrListSchema
      .meta({ description: 'Ranges that stay closed even if another setting opens them.' })
      .default([]),
    ingressGateway: z
      .boolean()
      .meta({ description: 'Whether the ingress gateway can reach pods labelled bulkhead.io/exposed=true.' })
      .default(false),
    monitoring: z
      .boolean()
      .meta({ description: 'Whether the monitoring system can reach metrics ports.' })
      .default(true),
    healthCheckNodePorts: z
      .boolean()
      .meta({
        description:
          'Whether load balancers can have `externalTrafficPolicy: Local`, which keeps the addresses of callers and ' +
          'opens a port on every node for health checks.',
      })
      .default(false),
    kubeApi: z
      .boolean()
      .meta({ description: 'Whether pods labelled bulkhead.io/kube-api=true can reach the Kubernetes API.' })
      .default(false),
    rules: networkRulesSchema
      .meta({ description: 'What network rules of a tenant can open (/v1/tenants/{id}/network-rules).' })
      .prefault({}),
  })
  .superRefine(({ allowCidrs, denyCidrs }, context) => {
    const issue = (list: 'allowCidrs' | 'denyCidrs', index: number, message: string): void => {
      context.addIssue({ code: 'custom', path: [list, index], message });
    };
    const [allowed, denied] = [allowCidrs.map(parseCidr), denyCidrs.map(parseCidr)];
    rejectDuplicates(textsOf(allowed), (index, cidr) => {
      issue('allowCidrs', index, `${cidr} is listed twice.`);
    });
    rejectDuplicates(textsOf(denied), (index, cidr) => {
      issue('denyCidrs', index, `${cidr} is listed twice.`);
    });
    allowed.forEach((cidr, index) => {
      const forbidden = forbiddenOverlap(cidr);
      if (forbidden === undefined) return;
      const { text } = forbidden.cidr;
      issue('allowCidrs', index, `${cidr.text} overlaps with ${text} (${forbidden.reason}), which no plan can open.`);
    });
    denied.forEach((cidr, index) => {
      const closed = allowed.find((range) => cidrsOverlap(range, cidr) && !strictlyContainsCidr(range, cidr));
      if (closed === undefined) return;
      issue('denyCidrs', index, `${cidr.text} covers the entire allowed range ${closed.text}.`);
    });
  })
  .meta({ id: 'PlanNetwork' });

function textsOf(cidrs: readonly Cidr[]): string[] {
  return cidrs.map(({ text }) => text);
}
