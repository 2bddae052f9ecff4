import { protocols, ruleActions, ruleDirections } from '#isolation';
import { dnsLabel, environmentNameSchema, hostCidr, word } from '#plans';
import { z } from 'zod';

import { labelKey, labelValue } from '../tenants/label.schema.js';
import { type ConnectionAnswer } from './query-answers.js';
import { type AskedQuestion } from './query-ends.js';
import { answerBasis, BASIS, oneDirection, readingsDiffer, toDirection } from './reachability.schema.js';

const MOST_QUESTIONS = 1_000;
const MOST_LABELS = 20;

const address = z
  .string()
  .max(45)
  .refine(isAddress, 'Must be an IPv4 or IPv6 address, IPv4 in its own notation.')
  .meta({ pattern: '^[0-9A-Fa-f:.]+$', description: 'Outside of the cluster, or of a node or API server.' });
const end = z
  .strictObject({
    address: address.optional(),
    tenant: word(100).min(1).optional().describe('Id or slug of the tenant of the pod.'),
    environment: environmentNameSchema.optional().describe('By default its first one.'),
    namespace: dnsLabel().optional().describe('Namespace of the pod, in place of its tenant.'),
    labels: z
      .record(labelKey, labelValue)
      .refine((labels) => Object.keys(labels).length <= MOST_LABELS, `At most ${MOST_LABELS} labels.`)
      .optional()
      .describe('By default none.'),
    serviceAccount: dnsLabel().optional().describe('By which meshes tell callers apart; by default `default`.'),
  })
  .superRefine((given, context) => {
    const message = faultOf(given);
    if (message !== null) context.addIssue({ code: 'custom', message });
  })
  .meta({ id: 'ConnectionEnd', description: 'An address or a pod.' });

const fields = {
  from: end.describe('The sender.'),
  to: end.describe('The receiver.'),
  port: z.int().min(1).max(65_535).describe('On which the receiver listens, not that of a Service.'),
  protocol: z.enum(protocols).default('TCP'),
};
const question = z.strictObject(fields).meta({ id: 'ConnectionQuestion' });

export const connectionQuery = z
  .strictObject({
    from: fields.from.optional(),
    to: fields.to.optional(),
    port: fields.port.optional(),
    protocol: z.enum(protocols).optional().describe('By default TCP.'),
    questions: z
      .array(question)
      .min(1)
      .max(MOST_QUESTIONS, `At most ${MOST_QUESTIONS} questions.`)
      .optional()
      .describe('Many questions at once, in place of one.'),
  })
  .superRefine(({ questions, ...one }, context) => {
    for (const name of ['from', 'to', 'port', 'protocol'] as const) {
      const isGiven = one[name] !== undefined;
      if (questions === undefined && !isGiven && name !== 'protocol') {
        context.addIssue({ code: 'custom', path: [name], message: 'required, unless there are questions' });
      }
      if (questions !== undefined && isGiven) {
        context.addIssue({ code: 'custom', path: [name], message: 'is a part of each question in "questions"' });
      }
    }
  })
  .meta({
    examples: [
      {
        from: { tenant: 'acme', environment: 'main', labels: { app: 'api' } },
        to: { address: '203.0.113.7' },
        port: 5432,
      },
    ],
  });

const mesh = z
  .strictObject({
    kind: z.string().describe('Such as `istio-ambient`.'),
    caller: z.string().nullable().describe('Such as `ns/tn-acme/sa/default`; null: it has no identity.'),
    allowed: z.boolean(),
    because: z.array(z.string()).describe('Such as `AuthorizationPolicy/tenant-isolation-guard`.'),
  })
  .describe('Verdict of the receiver’s mesh, in addition to network policies; null: it does not decide.');

const verdict = z
  .strictObject({
    allowed: z.boolean().describe('By both sides and the mesh.'),
    readingsDiffer,
    egress: oneDirection,
    ingress: oneDirection,
    mesh: mesh.nullable(),
    rules: z
      .array(
        z.strictObject({
          id: z.string(),
          tenantId: z.string(),
          direction: z.enum(ruleDirections),
          action: z.enum(ruleActions),
          decides: z.boolean().describe('False if a denial prevails, or the address is always closed.'),
        }),
      )
      .describe('Network rules that apply, denials first.'),
    links: z.array(z.string()).describe('Links that open it.'),
  })
  .meta({ id: 'ConnectionVerdict' });
export const connectionResponse = z.union([
  z.intersection(answerBasis, verdict),
  z.intersection(answerBasis, z.strictObject({ answers: z.array(verdict) })),
]);
export type ConnectionResponse = z.output<typeof connectionResponse>;

/** Maps a request to its questions, each with the pointer to it. */
export function toQuestions({ questions, ...one }: z.output<typeof connectionQuery>): AskedQuestion[] {
  if (questions !== undefined) {
    return questions.map(({ port, protocol, ...ends }, index) => {
      return { ...ends, port: { protocol, port }, pointer: `/questions/${index}` };
    });
  }
  const { from = {}, to = {}, port = 0, protocol = 'TCP' } = one;
  return [{ from, to, port: { protocol, port }, pointer: '' }];
}

/** Maps answers to the response: to one question by itself, or to a list of questions. */
export function toConnectionResponse(answers: readonly ConnectionAnswer[], asList: boolean): ConnectionResponse {
  const fixed = { basis: 'rendered', note: BASIS } as const;
  const mapped = answers.map(({ egress, ingress, ...rest }) => {
    return { ...rest, egress: toDirection(egress), ingress: toDirection(ingress) };
  });
  const [first] = mapped;
  return asList || first === undefined ? { ...fixed, answers: mapped } : { ...fixed, ...first };
}

/** Returns what is wrong with the members of an end together; null: nothing. */
function faultOf({
  address: isAddressed,
  tenant,
  environment,
  namespace,
  labels,
  serviceAccount,
}: z.input<typeof end>): string | null {
  const given = [isAddressed, tenant, namespace].filter((each) => each !== undefined).length;
  if (given !== 1) return 'Name either an "address", a "tenant" or a "namespace".';
  if (environment !== undefined && tenant === undefined) return 'Only a "tenant" has environments.';
  const ofPods = labels ?? serviceAccount;
  return isAddressed !== undefined && ofPods !== undefined ? 'Only pods have labels and accounts.' : null;
}

function isAddress(text: string): boolean {
  try {
    hostCidr(text);
    return !text.includes('/');
  } catch {
    return false;
  }
}
