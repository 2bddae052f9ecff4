import { z } from 'zod';

const evidence = z
  .strictObject({
    as: z.string().describe('Identity of the request: a user name, or `group NAME`.'),
    request: z.string().describe('The request, such as `create v1/Pod in tn-acme (dry run)`.'),
    detail: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('How the request differs from a plain one; null if it does not.'),
    answer: z.string().describe('`admitted`, `allowed`, `denied`, or the error of the API server.'),
    expected: z.enum(['yes', 'no']).describe('Whether the request should have been allowed.'),
    control: z.boolean().describe('Whether the request is a control, which proves that the check can fail.'),
    asExpected: z.boolean(),
  })
  .meta({ id: 'IsolationEvidence' });
export type Evidence = z.output<typeof evidence>;

const basis = z
  .enum(['asked', 'tried', 'judged'])
  .describe(
    '`asked`: the API server was asked who may do what. `tried`: it was sent as a dry run, through all of admission. ' +
      '`judged`: computed from objects in the cluster; whether something carries them out was not measured.',
  );
export type Basis = z.output<typeof basis>;

const area = z.enum(['access', 'pods', 'objects', 'network', 'services', 'storage', 'quota', 'policies']);

const check = z
  .strictObject({
    id: z.string().describe('Stable identifier, such as `block-host-path`.'),
    benchmark: z
      .string()
      .nullable()
      .describe('Id in the Multi-Tenancy Benchmarks; null for checks specific to Bulkhead.'),
    title: z.string(),
    area,
    basis: basis.optional().describe('How the check was made; absent in version 1.'),
    condition: z
      .enum(['NetworkIsolated', 'PoliciesEnforced'])
      .describe('The condition that becomes False if the check fails.'),
    status: z.enum(['pass', 'fail', 'not-applicable']),
    reason: z.string().describe('One sentence.'),
    asked: z.int().describe('Number of requests, including controls.'),
    evidence: z.array(evidence).describe('Every unexpected answer, and samples of the expected ones of each kind.'),
  })
  .meta({ id: 'IsolationCheckResult' });
export type IsolationCheckResult = z.output<typeof check>;

/**
 * The report of an isolation check. Signed verbatim: never rename a field or change its meaning; a new form gets a new
 * `version`.
 */
export const isolationReport = z
  .strictObject({
    type: z.literal('bulkhead.io/isolation-report'),
    version: z.union([z.literal(1), z.literal(2)]).describe('2 adds `areas`, and `basis` of checks.'),
    id: z.string().describe('Id of the isolation check.'),
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
          role: z.string().describe('The ClusterRole bound to the identity.'),
        }),
      )
      .describe('Identities whose permissions were checked.'),
    notAsked: z.array(z.string()).describe('What could not be checked, in words; empty if nothing was left out.'),
    cluster: z.strictObject({ name: z.string(), apiServerVersion: z.string() }),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
    requests: z.int().describe('Number of requests to the API server.'),
    summary: z
      .strictObject({ passed: z.int(), failed: z.int(), notApplicable: z.int() })
      .meta({ id: 'IsolationSummary' }),
    areas: z
      .array(z.strictObject({ area, basis: z.array(basis) }))
      .optional()
      .describe('On what the checks of each area rest; absent in version 1.'),
    checks: z.array(check),
  })
  .meta({ id: 'IsolationReport' });
export type IsolationReport = z.output<typeof isolationReport>;
