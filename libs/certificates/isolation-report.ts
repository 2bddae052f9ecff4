import { z } from 'zod';

const evidence = z.strictObject({
  as: z.string().describe('In whose name it was asked: a user name, or `group NAME`.'),
  request: z.string().describe('What was asked, such as `create v1/Pod in tn-acme (dry run)`.'),
  detail: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('By what the request differs from a plain one; null when it says all itself.'),
  answer: z.string().describe('`admitted`, `allowed`, `denied`, or the words of the API server.'),
  expected: z.enum(['yes', 'no']).describe('Whether it should have been let through.'),
  control: z.boolean().describe('Asked to show that the check can tell the difference.'),
  asExpected: z.boolean(),
});
export type Evidence = z.output<typeof evidence>;

const check = z.strictObject({
  id: z.string().describe('Stable, such as `block-host-path`.'),
  benchmark: z
    .string()
    .nullable()
    .describe('The id in the Multi-Tenancy Benchmarks; null for checks of Bulkhead’s own.'),
  title: z.string(),
  area: z.enum(['access', 'pods', 'objects', 'network', 'services', 'storage', 'quota', 'policies']),
  condition: z.enum(['NetworkIsolated', 'PoliciesEnforced']).describe('The condition that is False when it fails.'),
  status: z.enum(['pass', 'fail', 'not-applicable']),
  reason: z.string().describe('One sentence.'),
  asked: z.int().describe('How many questions it took, controls included.'),
  evidence: z.array(evidence).describe('Everything that was not as expected, and of the rest a few of each sort.'),
});
export type IsolationCheckResult = z.output<typeof check>;

/**
 * What a run of isolation checks says. Signed word for word, so a member is never renamed or given another meaning;
 * a new form gets a new `version`.
 */
export const isolationReport = z.strictObject({
  type: z.literal('bulkhead.io/isolation-report'),
  version: z.literal(1),
  id: z.string().describe('Of the run.'),
  tenant: z.strictObject({
    id: z.string(),
    slug: z.string(),
    generation: z.int(),
    plan: z.strictObject({ id: z.string(), version: z.int() }),
  }),
  namespaces: z.array(z.string()),
  identities: z
    .array(
      z.strictObject({
        kind: z.enum(['User', 'Group', 'ServiceAccount']),
        name: z.string(),
        role: z.string().describe('The ClusterRole that it is bound to.'),
      }),
    )
    .describe('Whose permissions were asked for, one by one.'),
  notAsked: z.array(z.string()).describe('What could not be asked, in words; empty when nothing was left out.'),
  cluster: z.strictObject({ name: z.string(), apiServerVersion: z.string() }),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  requests: z.int().describe('How many requests the API server was sent.'),
  summary: z.strictObject({ passed: z.int(), failed: z.int(), notApplicable: z.int() }),
  checks: z.array(check),
});
export type IsolationReport = z.output<typeof isolationReport>;
