import { protocols, ruleActions, ruleDirections, type RulePort } from '#isolation';
import {
  type NetworkRuleChange,
  type NewNetworkRule,
  outOfForceReasons,
  type RuleAndOperation,
  ruleOwners,
  type RulesChange,
  type RuleStatus,
} from '#network-rules';
import { cidrSchema, environmentNameSchema, exactlyOne, publicHostSchema, readableText, word } from '#plans';
import { z } from 'zod';

import { acceptedAnswer, Answer, etagOf } from '../http/answer.js';
import { pageQuery } from '../http/paging.js';
import { EXAMPLE_IDS } from '../http/resource-id.js';
import { rulePorts } from '../previews/preview.schema.js';
import { labelKey, labelValue } from '../tenants/label.schema.js';

const MOST_RANGES = 1_000;
const MOST_LABELS = 4;

export const direction = z.enum(ruleDirections).describe('`egress`: from pods of the tenant. `ingress`: to them.');
const action = z.enum(ruleActions).describe('A rule that denies prevails over every rule and plan that allows.');
export const cidrs = z
  .array(cidrSchema)
  .max(MOST_RANGES, `At most ${MOST_RANGES} ranges.`)
  .describe('Ranges of IPv4 or IPv6 that egress goes to or ingress comes from. Null or absent if the rule has hosts.');
const hosts = z
  .array(publicHostSchema)
  .max(100)
  .describe(
    'Names in the public DNS that egress goes to; "*.example.com" stands for every name below example.com. They are ' +
      'allowed on single TCP ports, in a mesh whose proxies resolve names themselves.',
  );
export const except = z
  .array(cidrSchema)
  .max(MOST_RANGES, `At most ${MOST_RANGES} ranges.`)
  .describe('Parts of `cidrs` to which the rule does not apply.');
const portNumber = z.int().min(1).max(65_535);
export const ports = z
  .array(
    z
      .strictObject({
        protocol: z.enum(protocols).default('TCP'),
        port: portNumber.optional().describe('By default every port of the protocol.'),
        endPort: portNumber.optional().describe('Last port of a range that begins with `port`.'),
      })
      .superRefine(({ port, endPort }, context) => {
        if (endPort === undefined || (port !== undefined && port <= endPort)) return;
        const message =
          port === undefined ? 'Needs the first port of the range in `port`.' : `Must not be below the port ${port}.`;
        context.addIssue({ code: 'custom', path: ['endPort'], message });
      }),
  )
  .max(32)
  .describe('Ports of the destination; empty: all traffic, also without ports.');
const environments = z
  .array(environmentNameSchema)
  .min(1)
  .max(50)
  .refine((names) => new Set(names).size === names.length, 'The names must be unique.')
  .nullable()
  .describe('Environments of the tenant; null: all.');
const atMost = (labels: object): boolean => Object.keys(labels).length <= MOST_LABELS;
const podSelector = z
  .strictObject({
    matchLabels: z.record(labelKey, labelValue).refine(atMost, `At most ${MOST_LABELS} labels.`),
  })
  .nullable()
  .describe('Pods of the tenant, by labels that all must match; null: all pods.');
const beyondPlan = z
  .boolean()
  .describe(
    'Sets the rule although the plan (`network.rules`) does not allow it. Needs the permission `network-rules:exceed`.',
  );
const reason = readableText(500).describe('Explanation for humans.');
export const expiresAt = z.iso
  .datetime({ offset: true })
  .nullable()
  .describe('When the rule ends, by the clock of the database; null: it does not.');

export const createNetworkRuleRequest = z
  .strictObject({
    direction,
    action,
    cidrs: cidrs.default([]),
    hosts: hosts.default([]),
    except: except.default([]),
    ports: ports.default([]),
    environments: environments.default(null),
    podSelector: podSelector.default(null),
    beyondPlan: beyondPlan.default(false),
    reason,
    expiresAt: expiresAt.default(null),
  })
  .meta({
    id: 'NewNetworkRule',
    examples: [
      {
        direction: 'egress',
        action: 'allow',
        cidrs: ['203.0.113.7/32'],
        ports: [{ protocol: 'TCP', port: 5432 }],
        environments: ['staging'],
        reason: 'Migration of the ledger from the old data centre.',
      },
    ],
  });

export const updateNetworkRuleRequest = z
  .strictObject({
    cidrs: cidrs.optional(),
    hosts: hosts.optional(),
    except: except.optional(),
    ports: ports.optional(),
    environments: environments.optional(),
    podSelector: z
      .strictObject({
        matchLabels: z.record(labelKey, labelValue.nullable()).refine(atMost, `At most ${MOST_LABELS} labels.`),
      })
      .nullable()
      .optional()
      .describe('Labels are merged by key; null removes a label, or the whole selector.'),
    beyondPlan: beyondPlan.optional(),
    reason: reason.optional(),
    expiresAt: expiresAt.optional(),
  })
  .meta({ id: 'NetworkRuleChange', examples: [{ expiresAt: '2099-12-31T18:00:00Z' }] });

const ruleId = word(100);
export const previewNetworkRuleRequest = z
  .strictObject({
    create: createNetworkRuleRequest.optional(),
    update: z.strictObject({ id: ruleId, change: updateNetworkRuleRequest }).optional(),
    delete: z.strictObject({ id: ruleId }).optional(),
  })
  .refine((body) => Object.keys(body).length === 1, 'Name one change: "create", "update" or "delete".')
  .meta({
    ...exactlyOne({ create: 'A new rule', update: 'A changed rule', delete: 'A deleted rule' }),
    examples: [{ delete: { id: EXAMPLE_IDS.rule } }],
  });

export const listNetworkRulesQuery = z.strictObject(pageQuery);

export const networkRuleResponse = z
  .strictObject({
    id: z.string(),
    direction,
    action,
    cidrs: z.array(z.string()),
    hosts: z.array(z.string()),
    except: z.array(z.string()),
    ports: rulePorts,
    environments: z.array(z.string()).nullable(),
    podSelector: z.strictObject({ matchLabels: z.record(z.string(), z.string()) }).nullable(),
    beyondPlan: z.boolean(),
    reason: z.string(),
    expiresAt: z.iso.datetime().nullable(),
    owner: z.enum(ruleOwners).describe('Only callers with `network-rules:exceed` can change a rule of the platform.'),
    emergency: z.boolean().describe('Whether the platform set it for many tenants.'),
    inForce: z.boolean().describe('Whether the cluster enforces the rule.'),
    outOfForce: z
      .strictObject({ code: z.enum(outOfForceReasons), detail: z.string() })
      .nullable()
      .describe('Why the rule is not in force; null if it is.'),
    layers: z
      .array(z.strictObject({ layer: z.string(), address: z.string().describe('The address that is compared there.') }))
      .describe('Where the rule is enforced.'),
    contradicts: z
      .array(
        z.strictObject({
          id: z.string(),
          prevails: z.boolean().describe('Whether this rule prevails over that one: the one that denies does.'),
        }),
      )
      .describe('Rules of the tenant with the opposite action for some of the same traffic.'),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'NetworkRule' });
export type NetworkRuleResponse = z.output<typeof networkRuleResponse>;

/** Maps a request to the domain. */
export function toNewNetworkRule(body: z.output<typeof createNetworkRuleRequest>): NewNetworkRule {
  const { podSelector: selector, expiresAt: end, ports: listed, ...rest } = body;
  return {
    ...rest,
    ports: listed.map(toRulePort),
    podLabels: selector?.matchLabels ?? {},
    expiresAt: end === null ? null : new Date(end),
  };
}

/** Maps a merge patch to the domain. */
export function toNetworkRuleChange(patch: z.output<typeof updateNetworkRuleRequest>): NetworkRuleChange {
  const { podSelector: selector, expiresAt: end, ports: listed, ...rest } = patch;
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  return {
    ...(Object.fromEntries(given) as NetworkRuleChange),
    ...(listed !== undefined && { ports: listed.map(toRulePort) }),
    ...(selector !== undefined && { podLabels: selector?.matchLabels ?? null }),
    ...(end !== undefined && { expiresAt: end === null ? null : new Date(end) }),
  };
}

/** Maps the change to preview to the domain. */
export function toRulesChange(body: z.output<typeof previewNetworkRuleRequest>): RulesChange {
  if (body.create !== undefined) return { create: toNewNetworkRule(body.create) };
  if (body.delete !== undefined) return { delete: body.delete };
  const { id = '', change = {} } = body.update ?? {};
  return { update: { id, change: toNetworkRuleChange(change) } };
}

/** Maps a rule to its response. */
export function toNetworkRuleResponse({
  rule,
  emergency,
  outOfForce,
  layers,
  contradicts,
}: RuleStatus): NetworkRuleResponse {
  const { podLabels, expiresAt: end, createdAt, updatedAt } = rule;
  return {
    ...pick(rule),
    podSelector: Object.keys(podLabels).length === 0 ? null : { matchLabels: podLabels },
    expiresAt: end?.toISOString() ?? null,
    emergency,
    inForce: outOfForce === null,
    outOfForce,
    layers,
    contradicts,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** Answers a read of a rule with its ETag. */
export function readNetworkRule(status: RuleStatus): Answer<NetworkRuleResponse> {
  const body = toNetworkRuleResponse(status);
  return new Answer(body, { etag: etagOf(status.rule.id, status.rule.revision, body) });
}

/** Answers a change with the rule and the location of its operation. */
export function acceptedNetworkRule({ status, operation }: RuleAndOperation): Answer<NetworkRuleResponse> {
  const { body, headers } = readNetworkRule(status);
  return acceptedAnswer(body, operation, headers);
}

type Picked = 'id' | 'direction' | 'action' | 'cidrs' | 'hosts' | 'except' | 'ports' | 'environments';

function pick(
  rule: RuleStatus['rule'],
): Pick<RuleStatus['rule'], Picked | 'beyondPlan' | 'reason' | 'owner' | 'createdBy'> {
  const { id, cidrs: ranges, hosts: names, except: parts, ports: listed, environments: places } = rule;
  const { beyondPlan: exceeds, reason: text, owner, createdBy } = rule;
  const about = { direction: rule.direction, action: rule.action };
  return {
    id,
    ...about,
    cidrs: ranges,
    hosts: names,
    except: parts,
    ports: listed,
    environments: places,
    beyondPlan: exceeds,
    reason: text,
    owner,
    createdBy,
  };
}

/** Maps a port to the domain. */
export function toRulePort({ protocol, port, endPort }: z.output<typeof ports>[number]): RulePort {
  return { protocol, ...(port !== undefined && { port }), ...(endPort !== undefined && { endPort }) };
}
