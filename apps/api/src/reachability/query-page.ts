import { createHash } from 'node:crypto';

import { type DirectionVerdict, protocols } from '#isolation';
import { type ProblemDetail } from '#problems';

import { escapeMarkup } from '../http/escape-markup.js';
import { type ConnectionAnswer } from './query-answers.js';
import { type PageFields } from './query-page.schema.js';
import { nameOf } from './reachability.schema.js';

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --bad: #b3261e; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #7bd79a; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; }
form { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; }
fieldset { border: 1px solid var(--line); border-radius: .4rem; }
label { display: block; margin: .3rem 0; } input, select { display: block; width: 100%; box-sizing: border-box; font: inherit; }
button { font: inherit; padding: .4rem 1.2rem; margin-top: .6rem; }
.open { color: var(--good); } .closed, .faults { color: var(--bad); }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
small { opacity: .75; }
`;

/** The page loads nothing, runs nothing, is in no frame, and sends its form to itself only. */
export const PAGE_HEADERS = {
  'content-security-policy':
    `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; ` +
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** What the page shows below its form. */
export type PageResult =
  { answer: ConnectionAnswer } | { faults: readonly Pick<ProblemDetail, 'pointer' | 'detail'>[] };

/**
 * Renders a form that asks about one connection, and the verdict. It works without JavaScript, in light and dark.
 * @param fields what was asked, to ask again
 * @param result null: nothing was asked yet
 */
export function queryPage(fields: PageFields, result: PageResult | null, basis: string): string {
  const title = result !== null && 'answer' in result ? `${result.answer.allowed ? 'Open' : 'Closed'}: ` : '';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}Who reaches whom</title><style>${STYLE}</style></head>
<body>
<main>
<h1>Who reaches whom</h1>
${result === null ? '' : resultOf(result)}
<form method="get">
${endFields('From', 'from', fields)}
${endFields('To', 'to', fields)}
<fieldset><legend>Port of the receiver</legend>
${input('Port', 'port', fields, 'inputmode="numeric" required')}
<label>Protocol <select name="protocol">${protocols
    .map((name) => `<option${fields.protocol === name ? ' selected' : ''}>${name}</option>`)
    .join('')}</select></label>
<button>Ask</button></fieldset>
</form>
<p><small>${escapeMarkup(basis)}</small></p>
</main>
</body>
</html>
`;
}

function endFields(title: string, side: 'from' | 'to', fields: PageFields): string {
  return `<fieldset><legend>${title}</legend>
${input('Tenant (id or slug)', `${side}Tenant`, fields)}
${input('Environment', `${side}Environment`, fields)}
${input('or namespace', `${side}Namespace`, fields)}
${input('Labels of the pod', `${side}Labels`, fields, 'placeholder="app=api, tier=back"')}
${input('or address', `${side}Address`, fields)}
</fieldset>`;
}

function input(label: string, name: keyof PageFields, fields: PageFields, more = ''): string {
  const value = escapeMarkup(fields[name] ?? '');
  return `<label>${label} <input name="${name}" value="${value}" autocomplete="off"${more === '' ? '' : ` ${more}`}></label>`;
}

function resultOf(result: PageResult): string {
  if ('faults' in result) {
    const items = result.faults.map(({ pointer, detail }) => {
      return `<li>${escapeMarkup(pointer === '' ? detail : `${pointer}: ${detail}`)}</li>`;
    });
    return `<section class="faults" role="alert"><h2>This cannot be asked</h2><ul>${items.join('')}</ul></section>`;
  }
  const { allowed, readingsDiffer, egress, ingress, mesh, rules, links } = result.answer;
  const rows = [side('Sender', egress), side('Receiver', ingress)];
  if (mesh !== null) {
    rows.push(row(`Mesh (${mesh.kind})`, mesh.allowed, [`caller: ${mesh.caller ?? 'no identity'}`, ...mesh.because]));
  }
  const applying = rules.map(({ id, action, direction, decides }) => {
    return `<li>${escapeMarkup(`${id} ${action === 'deny' ? 'denies' : 'allows'} ${direction}`)}${decides ? ' <b>and decides</b>' : ''}</li>`;
  });
  return `<section aria-live="polite"><h2 class="${allowed ? 'open' : 'closed'}">${allowed ? 'Open' : 'Closed'}</h2>
${readingsDiffer ? '<p>Depends on the network plug-in: some apply address blocks to pods, others never do.</p>' : ''}
<table><thead><tr><th scope="col">Side</th><th scope="col">Verdict</th><th scope="col">Because of</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>
${applying.length === 0 ? '' : `<h3>Network rules that apply</h3><ul>${applying.join('')}</ul>`}
${links.length === 0 ? '' : `<p>Opened by ${escapeMarkup(links.join(', '))}.</p>`}</section>`;
}

function side(title: string, { allowed, decidedBy, because }: DirectionVerdict): string {
  const reasons = because.map(({ object, rule, effect }) => {
    return `${nameOf(object)} ${effect}${rule === null ? '' : ` (rule ${rule})`}`;
  });
  const byItself = decidedBy === 'not-selectable' ? 'No policy applies to an address.' : 'No policy selects the pod.';
  return row(title, allowed, reasons.length === 0 ? [byItself] : reasons);
}

function row(title: string, allowed: boolean, reasons: readonly string[]): string {
  const verdict = `<b class="${allowed ? 'open' : 'closed'}">${allowed ? 'allows' : 'closed'}</b>`;
  return `<tr><th scope="row">${escapeMarkup(title)}</th><td>${verdict}</td><td>${reasons.map(escapeMarkup).join('<br>')}</td></tr>`;
}
