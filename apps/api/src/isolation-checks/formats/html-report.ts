import { type Evidence, type IsolationCheckResult, type IsolationReport } from '#certificates';

import { escapeMarkup } from '../../http/escape-markup.js';

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --bad: #b3261e; --good: #1b6e3c; --none: #666; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #7bd79a; --none: #aaa; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
dl { display: grid; grid-template-columns: minmax(0, max-content) minmax(0, 1fr); gap: .2rem 1rem; }
dt { opacity: .75; } dd { margin: 0; } dd, summary, p { overflow-wrap: anywhere; }
.sum { display: flex; gap: 1rem; flex-wrap: wrap; padding: 0; list-style: none; }
.sum li { border: 1px solid var(--line); border-radius: .4rem; padding: .4rem .9rem; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; } summary small { opacity: .75; }
.fail b { color: var(--bad); } .pass b { color: var(--good); } .not-applicable b { color: var(--none); }
table { border-collapse: collapse; width: 100%; font-size: .85rem; margin-top: .5rem; }
caption { text-align: left; font-weight: 600; } th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
.scroll { overflow-x: auto; } .scroll table { min-width: 36rem; } td { overflow-wrap: anywhere; } tr.wrong td:last-child { font-weight: 600; color: var(--bad); }
@media print { body { margin: 0; max-width: none; } details { break-inside: avoid; } }
`;

const words = { pass: 'Passed', fail: 'Failed', 'not-applicable': 'Not applicable' } as const;
const bases = {
  asked: 'asked of the API server',
  tried: 'tried as dry runs',
  judged: 'judged from objects in the cluster',
} as const;
const order = ['fail', 'pass', 'not-applicable'] as const;

/**
 * Renders the report as a self-contained page, failed checks first.
 * @param keyId id of the signing key; null if unsigned
 */
export function htmlReport(report: IsolationReport, keyId: string | null): string {
  const { tenant, cluster, summary, checks } = report;
  const title = `Isolation of ${escapeMarkup(tenant.slug)}`;
  const verdict =
    summary.failed === 0
      ? `No check failed; ${summary.notApplicable} of ${checks.length} do not apply, or could not be made.`
      : `${summary.failed} of ${checks.length} checks failed.`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${STYLE}</style></head>
<body>
<main>
<h1>${title}</h1>
<p>${verdict} All requests went to the API server of the cluster, as reviews, reads and dry runs; nothing was changed,
and no packet was sent.</p>
<ul class="sum"><li>${summary.passed} passed</li><li>${summary.failed} failed</li><li>${summary.notApplicable} not applicable</li></ul>
${facts([
  ['Tenant', `${tenant.id}, generation ${tenant.generation}`],
  ['Plan', `${tenant.plan.id}, version ${tenant.plan.version}`],
  ['Namespaces', report.namespaces.join(', ')],
  ['Cluster', `${cluster.name}, Kubernetes ${cluster.apiServerVersion}`],
  ['Check', `${report.id}, ${report.startedAt} to ${report.finishedAt}, ${report.requests} requests`],
  ['Identities checked', report.identities.map(({ name, role }) => `${name} (${role})`).join(', ') || 'none'],
  ['Not checked', report.notAsked.join(', ') || 'nothing'],
  ...(report.areas ?? []).map(
    ({ area, basis }) => [`Basis: ${area}`, basis.map((each) => bases[each]).join('; ')] as const,
  ),
  [
    'Signed by',
    keyId === null ? 'unsigned: no worker has a key' : `key ${keyId}; verify it with bulkhead verify-certificate`,
  ],
])}
${order
  .map((status) =>
    section(
      status,
      checks.filter((check) => check.status === status),
    ),
  )
  .join('\n')}
</main>
</body>
</html>
`;
}

function facts(rows: readonly (readonly [string, string])[]): string {
  return `<dl>${rows.map(([term, text]) => `<dt>${escapeMarkup(term)}</dt><dd>${escapeMarkup(text)}</dd>`).join('')}</dl>`;
}

function section(status: IsolationCheckResult['status'], checks: readonly IsolationCheckResult[]): string {
  if (checks.length === 0) return '';
  return `<h2>${words[status]} (${checks.length})</h2>\n${checks.map(checkOf).join('\n')}`;
}

function checkOf({ id, benchmark, title, area, basis, status, reason, asked, evidence }: IsolationCheckResult): string {
  const about = [
    area,
    id,
    ...(basis === undefined ? [] : [bases[basis]]),
    ...(benchmark === null ? [] : [benchmark]),
  ].join(' · ');
  return `<details class="${status}"${status === 'fail' ? ' open' : ''}>
<summary><b>${words[status]}:</b> ${escapeMarkup(title)} <small>${escapeMarkup(about)}</small></summary>
<p>${escapeMarkup(reason)}</p>
${evidence.length === 0 ? '' : table(evidence, asked)}
</details>`;
}

function table(evidence: readonly Evidence[], asked: number): string {
  const rows = evidence.map(({ as, request, detail, answer, expected, control, asExpected }) => {
    const what = `${control ? 'Control: ' : ''}${request}${detail === null ? '' : ` with ${JSON.stringify(detail)}`}`;
    const outcome = asExpected ? 'as expected' : `expected: ${expected}`;
    const cells = [what, as, answer, outcome].map((text) => `<td>${escapeMarkup(text)}</td>`).join('');
    return `<tr${asExpected ? '' : ' class="wrong"'}>${cells}</tr>`;
  });
  const caption = `${evidence.length} of ${asked} requests`;
  const head = ['Request', 'As', 'Answer', 'Outcome'].map((text) => `<th scope="col">${text}</th>`).join('');
  return `<div class="scroll" tabindex="0"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
