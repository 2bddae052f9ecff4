import { z } from 'zod';

import { type Cidr, cidrsOverlap, parseCidr, strictlyContainsCidr } from './cidr.js';
import { forbiddenOverlap } from './forbidden-cidrs.js';
import { cidrSchema, refuseRepeats } from './value-schemas.js';

const cidrListSchema = z.array(cidrSchema).max(200, { abort: true });

/** What a tenant's pods reach beside themselves, and what reaches them. */
export const networkSchema = z
  .strictObject({
    internetEgress: z
      .enum(['none', 'https', 'any'])
      .meta({ description: 'What pods reach on the internet: nothing, TCP port 443, or every port.' })
      .default('none'),
    allowCidrs: cidrListSchema
      .meta({ description: 'Ranges that pods reach on every port in any case.', examples: [['203.0.113.0/24']] })
      .default([]),
    denyCidrs: cidrListSchema
      .meta({ description: 'Ranges that stay closed within what the other settings open.' })
      .default([]),
    ingressGateway: z
      .boolean()
      .meta({ description: 'Whether the ingress gateway reaches pods labelled bulkhead.io/exposed=true.' })
      .default(false),
    monitoring: z.boolean().meta({ description: 'Whether the monitoring system reaches metrics ports.' }).default(true),
    kubeApi: z
      .boolean()
      .meta({ description: 'Whether pods labelled bulkhead.io/kube-api=true reach the Kubernetes API.' })
      .default(false),
  })
  .superRefine(({ allowCidrs, denyCidrs }, context) => {
    const issue = (list: 'allowCidrs' | 'denyCidrs', index: number, message: string): void => {
      context.addIssue({ code: 'custom', path: [list, index], message });
    };
    const [allowed, denied] = [allowCidrs.map(parseCidr), denyCidrs.map(parseCidr)];
    refuseRepeats(textsOf(allowed), (index, cidr) => {
      issue('allowCidrs', index, `${cidr} is listed twice.`);
    });
    refuseRepeats(textsOf(denied), (index, cidr) => {
      issue('denyCidrs', index, `${cidr} is listed twice.`);
    });
    allowed.forEach((cidr, index) => {
      const forbidden = forbiddenOverlap(cidr);
      if (forbidden === undefined) return;
      const { text } = forbidden.cidr;
      issue('allowCidrs', index, `${cidr.text} meets ${text} (${forbidden.reason}), which no plan may open.`);
    });
    denied.forEach((cidr, index) => {
      const closed = allowed.find((range) => cidrsOverlap(range, cidr) && !strictlyContainsCidr(range, cidr));
      if (closed === undefined) return;
      issue('denyCidrs', index, `${cidr.text} closes all of the allowed range ${closed.text}.`);
    });
  });

function textsOf(cidrs: readonly Cidr[]): string[] {
  return cidrs.map(({ text }) => text);
}
