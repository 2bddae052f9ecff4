import { type Matrix, type NamedPath } from './answers.js';
import { type MatrixRow, matrixRows } from './matrix-rows.js';

const CELL = 24;
const LEFT = 270;
const LONGEST_LABEL = 36;

/** About the width of a character of the labels, in pixels; wide ones are rare. */
const CHARACTER = 7.5;

/** Where the legend begins, and the height of its rows. */
const LEGEND = { top: 116, row: 28, columns: 2, width: 440 };

type Look = 'open' | 'partly' | 'linked' | 'crossing' | 'unsure' | 'closed' | 'undecided';

/** Colour-blind safe palette by Okabe and Ito; every look also has its own shape. */
const looks: Record<Look, { meaning: string; shape: string }> = {
  open: {
    meaning: 'open: all pods, all ports',
    shape: '<rect x="4" y="4" width="16" height="16" fill="#0072b2"/>',
  },
  partly: {
    meaning: 'partly open: some pods or ports',
    shape: '<path d="M4 20V4L20 20Z" fill="#e69f00"/><path d="M4 4H20V20H4Z" fill="none" stroke="#6b4a00"/>',
  },
  linked: {
    meaning: 'open through a link that both tenants consented to',
    shape:
      '<circle cx="12" cy="12" r="9" fill="none" stroke="#009e73" stroke-width="3"/><path d="M7 12H17" ' +
      'stroke="#009e73" stroke-width="3"/>',
  },
  crossing: {
    meaning: 'a tenant reaches another tenant without a link',
    shape: '<circle cx="12" cy="12" r="10" fill="#d55e00"/><text x="12" y="17" class="mark">!</text>',
  },
  unsure: {
    meaning: 'depends on the network plug-in',
    shape: '<path d="M12 2L22 12L12 22L2 12Z" fill="#cc79a7"/><text x="12" y="17" class="mark">?</text>',
  },
  closed: { meaning: 'closed', shape: '<circle cx="12" cy="12" r="2" fill="#777"/>' },
  undecided: { meaning: 'not decided by tenant policies', shape: '<path d="M7 12H17" stroke="#bbb"/>' },
};

/** Renders the matrix as SVG 1.1: a row reaches a column. It loads no external resources and runs no scripts. */
export function matrixPicture(matrix: Matrix, note: string): string {
  const { rows, notice } = matrixRows(matrix);
  const links = new Map(matrix.links.map((link) => [`${link.from} ${link.to}`, link]));
  const top = topOf(rows);
  const [width, height] = [Math.max(LEFT + rows.length * CELL + 220, 920), top + rows.length * CELL + 30];
  const cells = rows.flatMap((from, y) =>
    rows.map((to, x) => cell(from, to, links, [LEFT + x * CELL, top + y * CELL])),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>Who reaches whom</title>',
    '<style>text{font:13px system-ui,sans-serif;fill:#111}.head{font-size:20px;font-weight:600}.small{font-size:11px}',
    '.mark{font-weight:700;fill:#fff;text-anchor:middle}.row{text-anchor:end}.warn{font-weight:600}</style>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    '<text x="20" y="32" class="head">Who reaches whom: a row reaches a column</text>',
    ...wrapped(note, 130).map(
      (line, index) => `<text x="20" y="${52 + index * 14}" class="small">${escaped(line)}</text>`,
    ),
    ...(notice === null ? [] : [`<text x="20" y="104" class="warn">${escaped(notice)}</text>`]),
    ...legend(),
    ...rows.map(({ label }, index) => titles(label, index, top)),
    ...cells,
    '</svg>',
    '',
  ].join('\n');
}

function cell(
  from: MatrixRow,
  to: MatrixRow,
  links: ReadonlyMap<string, NamedPath>,
  [x, y]: readonly [number, number],
): string {
  const link = links.get(`${from.place.id} ${to.place.id}`);
  const look = lookOf(from, to, link);
  const ports = link?.ports.map(({ protocol, port }) => `${protocol}/${port}`).join(', ') ?? '';
  const said = look === 'open' || ports === '' ? looks[look].meaning : `${looks[look].meaning}: ${ports}`;
  const title = `<title>${escaped(`${from.label} → ${to.label}: ${said}`)}</title>`;
  return `<g transform="translate(${x} ${y})">${title}<rect width="24" height="24" fill="#fff" stroke="#ddd"/>${looks[look].shape}</g>`;
}

function lookOf({ place: from }: MatrixRow, { place: to }: MatrixRow, link: NamedPath | undefined): Look {
  if (from.kind !== 'tenant' && to.kind !== 'tenant') return 'undecided';
  if (link === undefined) return 'closed';
  if (from.kind === 'tenant' && to.kind === 'tenant' && from.id !== to.id) {
    return link.becauseOf.length > 0 ? 'linked' : 'crossing';
  }
  if (link.readingsDiffer) return 'unsure';
  return link.complete ? 'open' : 'partly';
}

/** Returns where the cells begin: below the legend and the longest title of a column, which leans by 60 degrees. */
function topOf(rows: readonly MatrixRow[]): number {
  const legendRows = Math.ceil(Object.keys(looks).length / LEGEND.columns);
  const longest = Math.max(0, ...rows.map(({ label }) => shortened(label).length));
  return LEGEND.top + legendRows * LEGEND.row + Math.ceil(longest * CHARACTER * Math.sin(Math.PI / 3)) + 30;
}

function shortened(label: string): string {
  return label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label;
}

function titles(label: string, index: number, top: number): string {
  const text = escaped(shortened(label));
  const [x, y] = [LEFT + index * CELL, top + index * CELL];
  return [
    `<text x="${LEFT - 8}" y="${y + 17}" class="row">${text}</text>`,
    `<text transform="translate(${x + 15} ${top - 8}) rotate(-60)">${text}</text>`,
  ].join('');
}

function legend(): string[] {
  return Object.values(looks).map(({ meaning, shape }, index) => {
    const x = 20 + (index % LEGEND.columns) * LEGEND.width;
    const y = LEGEND.top + Math.floor(index / LEGEND.columns) * LEGEND.row;
    return `<g transform="translate(${x} ${y})">${shape}<text x="30" y="17">${escaped(meaning)}</text></g>`;
  });
}

/** Wraps a text into lines of about this many characters. */
function wrapped(text: string, length: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length < length) lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
