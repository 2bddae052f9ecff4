import { ruleDirections } from '#isolation';
import { type EmergencyRule, type EmergencyStatus, type NewEmergencyRule } from '#network-rules';
import { idOf } from '#persistence';
import { readableText, word } from '#plans';
import { type BlastRadius, tenantPhases } from '#tenancy';
import { z } from 'zod';

import { Answer } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';
import { rulePorts } from '../previews/preview.schema.js';
import { cidrs, direction, except, expiresAt, ports, toRulePort } from './network-rule.schema.js';

const selector = z
  .strictObject({
    all: z.literal(true).optional(),
    plan: word(40).optional(),
    labels: z.record(word(320), word(63)).optional(),
    tenants: z.array(word(100)).min(1).max(10_000).optional().describe('Ids.'),
  })
  .refine(({ all, plan, labels = {}, tenants }) => {
    const others = [plan, tenants].filter((each) => each !== undefined).length + Object.keys(labels).length;
    return (all === true) === (others === 0);
  }, 'Either "all", or at least one of "plan", "labels" and "tenants".')
  .meta({ id: 'EmergencySelector', description: 'Tenants that match every criterion.' });

const content = {
  direction,
  cidrs: cidrs.min(1),
  except: except.default([]),
  ports: ports.default([]),
  selector,
  expiresAt: expiresAt.default(null),
};
const examples = [{ direction: 'egress' as const, cidrs: ['203.0.113.7/32'], selector: { all: true as const } }];
export const previewEmergencyRuleRequest = z.strictObject(content).meta({ examples });
export const emergencyRuleRequest = z
  .strictObject({
    ...content,
    reason: readableText(500).describe('The tenants see it.'),
    match: word(200).min(1).describe('From the preview.'),
  })
  .meta({ examples: [{ ...examples[0], reason: 'Case 4711.', match: 'b7k' }] });

export const emergencyRadiusResponse = z
  .strictObject({
    match: z.string(),
    hit: z.int(),
    skipped: z.int(),
    tenants: z.array(z.strictObject({ id: z.string(), slug: z.string(), skipped: z.enum(['deleting']).nullable() })),
  })
  .meta({ id: 'EmergencyRadius' });
export type EmergencyRadiusResponse = z.output<typeof emergencyRadiusResponse>;

export const emergencyRuleListItem = z
  .strictObject({
    id: z.string(),
    direction: z.enum(ruleDirections),
    cidrs: z.array(z.string()),
    except: z.array(z.string()),
    ports: rulePorts,
    selector: z.strictObject({
      all: z.literal(true).optional(),
      plan: z.string().optional(),
      labels: z.record(z.string(), z.string()).optional(),
      tenants: z.array(z.string()).optional(),
    }),
    reason: z.string(),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable().describe('Null: it is in force.'),
    liftedBy: z.string().nullable(),
  })
  .meta({ id: 'EmergencyRuleSummary' });
export type EmergencyRuleListItem = z.output<typeof emergencyRuleListItem>;

const states = ['pending', 'in-force', 'failed', 'lifted'] as const;
const count = z.int();
export const emergencyRuleResponse = z
  .intersection(
    emergencyRuleListItem,
    z.strictObject({
      counts: z.strictObject({ pending: count, 'in-force': count, failed: count, lifted: count }),
      tenants: z.array(
        z.strictObject({ id: z.string(), slug: z.string(), phase: z.enum(tenantPhases), state: z.enum(states) }),
      ),
    }),
  )
  .meta({ id: 'EmergencyRule' });
export type EmergencyRuleResponse = z.output<typeof emergencyRuleResponse>;

export const listEmergencyRulesQuery = z.strictObject(pageQuery);

/** Maps a request to the domain. */
export function toNewEmergencyRule(body: z.output<typeof previewEmergencyRuleRequest>): NewEmergencyRule {
  const {
    selector: { plan, labels, tenants },
    ...rest
  } = body;
  return {
    direction: rest.direction,
    cidrs: rest.cidrs,
    except: rest.except,
    ports: rest.ports.map(toRulePort),
    selector: {
      ...(plan !== undefined && { plan }),
      ...(labels !== undefined && { labels }),
      ...(tenants !== undefined && { tenants }),
    },
    expiresAt: rest.expiresAt === null ? null : new Date(rest.expiresAt),
  };
}

/** Maps a preview to its response. */
export function toEmergencyRadius({ match, tenants }: BlastRadius): EmergencyRadiusResponse {
  const listed = tenants.map(({ id, slug, skipped }) => ({
    ...{ id, slug },
    skipped: skipped === null ? null : ('deleting' as const),
  }));
  const hit = listed.filter(({ skipped }) => skipped === null).length;
  return { match, hit, skipped: listed.length - hit, tenants: listed };
}

/** Maps a rule to its list item. */
export function toEmergencyRuleListItem(rule: EmergencyRule): EmergencyRuleListItem {
  const { id, cidrs: ranges, reason, createdBy, liftedBy, planId, labels, tenantIds } = rule;
  const isForAll = planId === null && labels === null && tenantIds === null;
  return {
    ...{ id, reason, createdBy, liftedBy },
    direction: rule.direction,
    cidrs: ranges,
    except: rule.except,
    ports: rule.ports,
    selector: {
      ...(isForAll && { all: true as const }),
      ...(planId !== null && { plan: planId }),
      ...(labels !== null && { labels }),
      ...(tenantIds !== null && { tenants: tenantIds.map((uuid) => idOf('tenant', uuid)) }),
    },
    createdAt: rule.createdAt.toISOString(),
    expiresAt: rule.expiresAt?.toISOString() ?? null,
    endedAt: rule.endedAt?.toISOString() ?? null,
  };
}

/** Maps a rule with its tenants to the response. */
export function toEmergencyRuleResponse({ rule, tenants }: EmergencyStatus): EmergencyRuleResponse {
  const counts = { pending: 0, 'in-force': 0, failed: 0, lifted: 0 };
  for (const { state } of tenants) counts[state] += 1;
  return { ...toEmergencyRuleListItem(rule), counts, tenants };
}

/** Answers a change with the location of the rule; workers carry the change out. */
export function acceptedEmergencyRule(status: EmergencyStatus): Answer<EmergencyRuleResponse> {
  return new Answer(toEmergencyRuleResponse(status), { location: `/v1/network-rules/${status.rule.id}` });
}
