import { type Evidence, type IsolationCheckResult, type IsolationReport } from '#certificates';

import { escapeMarkup } from '../../http/escape-markup.js';

/** Renders the report as JUnit XML for CI servers: a suite per area, a case per check. */
export function junitReport(report: IsolationReport): string {
  const { checks, summary, tenant, startedAt } = report;
  const areas = [...new Set(checks.map(({ area }) => area))];
  const totals = attributes({ tests: checks.length, failures: summary.failed, skipped: summary.notApplicable });
  const suites = areas.map((area) =>
    suite(
      area,
      checks.filter((check) => check.area === area),
      startedAt,
    ),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: `Isolation of ${tenant.slug}` })}${totals}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(area: string, checks: readonly IsolationCheckResult[], timestamp: string): string {
  const count = (status: string): number => checks.filter((check) => check.status === status).length;
  const about = {
    name: area,
    tests: checks.length,
    failures: count('fail'),
    errors: 0,
    skipped: count('not-applicable'),
    timestamp,
    time: 0,
  };
  return [`  <testsuite${attributes(about)}>`, ...checks.map(testCase), '  </testsuite>'].join('\n');
}

function testCase(check: IsolationCheckResult): string {
  const { id, benchmark, title, area, status, reason, evidence } = check;
  const name = `${title} (${benchmark ?? id})`;
  const open = `    <testcase${attributes({ name, classname: `isolation.${area}.${id}`, time: 0 })}`;
  if (status === 'pass') return `${open}/>`;
  const outcome =
    status === 'not-applicable'
      ? `<skipped${attributes({ message: reason })}/>`
      : `<failure${attributes({ message: reason, type: 'isolation' })}>${escapeMarkup(wrong(evidence))}</failure>`;
  return `${open}>\n      ${outcome}\n    </testcase>`;
}

function wrong(evidence: readonly Evidence[]): string {
  return evidence
    .filter(({ asExpected }) => !asExpected)
    .map(({ as, request, answer, detail }) => {
      const differs = detail === null ? '' : ` ${JSON.stringify(detail)}`;
      return `${as}: ${request}${differs}\n  ${answer}`;
    })
    .join('\n');
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeMarkup(String(value)).replace(/[\n\t\r]/g, ' ')}"`)
    .join('');
}
