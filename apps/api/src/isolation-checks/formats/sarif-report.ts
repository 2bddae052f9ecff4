import { type IsolationCheckResult, type IsolationReport } from '#certificates';

const HELP = 'https://bulkhead.io/docs/runbooks/proof';

/** Renders the report as SARIF 2.1.0 (OASIS) for code scanning: a rule and a result per check. */
export function sarifReport(report: IsolationReport): object {
  const { checks, namespaces, startedAt, finishedAt, id, tenant } = report;
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Bulkhead', informationUri: HELP, rules: checks.map(ruleOf) } },
        automationDetails: { id: `isolation/${tenant.id}/${id}` },
        invocations: [{ executionSuccessful: true, startTimeUtc: startedAt, endTimeUtc: finishedAt }],
        results: checks.map((check, ruleIndex) => resultOf(check, ruleIndex, namespaces)),
      },
    ],
  };
}

function ruleOf({ id, benchmark, title, area, condition }: IsolationCheckResult): object {
  const tags = ['isolation', area, ...(benchmark === null ? [] : [benchmark])];
  return { id, shortDescription: { text: title }, helpUri: HELP, properties: { tags, condition } };
}

function resultOf(check: IsolationCheckResult, ruleIndex: number, namespaces: readonly string[]): object {
  const { id, status, reason, evidence } = check;
  const kinds = { pass: 'pass', fail: 'fail', 'not-applicable': 'notApplicable' } as const;
  return {
    ruleId: id,
    ruleIndex,
    kind: kinds[status],
    // SARIF, 3.27.10: results of every kind except "fail" have the level "none".
    level: status === 'fail' ? 'error' : 'none',
    message: { text: reason },
    locations: namespaces.map((name) => ({
      logicalLocations: [{ name, fullyQualifiedName: `namespaces/${name}`, kind: 'namespace' }],
    })),
    partialFingerprints: { check: id },
    properties: { evidence },
  };
}
