import { type IsolationCheckResult, type IsolationReport } from '#certificates';
import { describe, expect, test } from 'vitest';

import { formatOf, rendered } from './formats.js';
import { htmlReport } from './html-report.js';
import { junitReport } from './junit-report.js';
import { sarifReport } from './sarif-report.js';

const evil = `</td><script>alert("1")</script> & 'two' \u0001\ud800`;
const check = (id: string, status: IsolationCheckResult['status']): IsolationCheckResult => ({
  id,
  benchmark: null,
  title: `The ${id}`,
  area: 'pods',
  condition: 'PoliciesEnforced',
  status,
  reason: `Because of ${evil}`,
  asked: 1,
  evidence: [
    {
      as: 'somebody',
      request: 'create v1/Pod in tn-acme (dry run)',
      detail: { spec: { hostPID: true } },
      answer: evil,
      expected: 'no',
      control: false,
      asExpected: status !== 'fail',
    },
  ],
});
const report: IsolationReport = {
  type: 'bulkhead.io/isolation-report',
  version: 1,
  id: 'check_1',
  requests: 3,
  tenant: { id: 'tenant_1', slug: 'acme', generation: 2, plan: { id: 'team', version: 1 } },
  namespaces: ['tn-acme', 'tn-acme-staging'],
  identities: [],
  notAsked: [],
  cluster: { name: 'cluster_1', apiServerVersion: '1.36' },
  startedAt: '2026-11-23T10:00:00.000Z',
  finishedAt: '2026-11-23T10:00:05.000Z',
  summary: { passed: 1, failed: 1, notApplicable: 1 },
  checks: [check('one', 'pass'), check('two', 'fail'), check('three', 'not-applicable')],
};

test.for([
  [undefined, 'json'],
  ['*/*', 'json'],
  ['text/html,application/xhtml+xml', 'html'],
  ['application/sarif+json', 'sarif'],
  ['text/xml; q=0.9', 'junit'],
] as const)('Accept: %s is answered as %s', ([accept, format]) => {
  expect(formatOf(accept)).toBe(format);
});

test('the page says on what the checks of each area rest', () => {
  const [first = check('one', 'pass')] = report.checks;
  const page = htmlReport(
    {
      ...report,
      version: 2,
      areas: [{ area: 'pods', basis: ['judged', 'tried'] }],
      checks: [{ ...first, basis: 'tried' }],
    },
    null,
  );
  expect(page).toContain('judged from objects in the cluster; tried as dry runs');
  expect(page).toContain('pods · one · tried as dry runs');
  expect(page).not.toContain('All checks passed');
});

describe('markup', () => {
  test.for([
    ['JUnit', junitReport(report)],
    ['HTML', htmlReport(report, 'key')],
  ])('%s escapes what the API server said', ([, text]) => {
    expect(text).not.toContain('<script>');
    expect(text).toContain(
      '&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;two&#39; \ufffd\ufffd',
    );
    // eslint-disable-next-line no-control-regex -- characters that XML cannot express
    expect(text).not.toMatch(/[\u0000-\u0008]/);
  });

  test.for([
    ['JUnit', junitReport(report)],
    ['HTML', htmlReport(report, null).replace(/<!doctype html>|<meta[^>]*>/g, '')],
  ])('%s closes what it opens', ([, text]) => {
    const open: string[] = [];
    for (const [, close, name = '', rest = ''] of (text ?? '')
      .replace(/<\?.*?\?>/g, '')
      .matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g)) {
      if (close === '/') expect(open.pop()).toBe(name);
      else if (!rest.endsWith('/')) open.push(name);
    }
    expect(open).toEqual([]);
  });
});

test('the JUnit report counts failed and skipped checks', () => {
  expect(junitReport(report)).toContain('tests="3" failures="1" skipped="1"');
  expect(junitReport(report).match(/<failure /g)).toHaveLength(1);
});

test('the SARIF report has a result and a location for each check', () => {
  const { runs } = sarifReport(report) as { runs: { results: object[]; tool: { driver: { rules: object[] } } }[] };
  expect(runs[0]?.tool.driver.rules).toHaveLength(3);
  expect(runs[0]?.results).toMatchObject([
    { ruleId: 'one', ruleIndex: 0, kind: 'pass', level: 'none' },
    { ruleId: 'two', ruleIndex: 1, kind: 'fail', level: 'error', message: { text: report.checks[1]?.reason } },
    { ruleId: 'three', ruleIndex: 2, kind: 'notApplicable', level: 'none' },
  ]);
});

test('the page lists failed checks first and expanded', () => {
  const page = htmlReport(report, null);
  expect(page.indexOf('Failed (1)')).toBeLessThan(page.indexOf('Passed (1)'));
  expect(page).toContain('<details class="fail" open>');
  expect(page).not.toMatch(/https?:|src=|href=/);
});

test('SARIF has its own media type', () => {
  expect(rendered(report, null, 'sarif')).toMatchObject({ type: 'application/sarif+json' });
});
