import { type OpenPath } from '#isolation';

import { type Matrix, type NamedPlace } from './answers.js';

/** Up to this many tenants each get a row; beyond that, equivalent tenants share one. */
const MOST_SINGLE = 30;
/** Maximum number of tenant rows; more are unreadable. */
const MOST_ROWS = 40;

/** A row and column of the picture. */
export interface MatrixRow {
  label: string;
  /** Represents all tenants that share the row. */
  place: NamedPlace;
}

export interface MatrixRows {
  rows: MatrixRow[];
  /** What the picture leaves out and where to find it; null if nothing. */
  notice: string | null;
}

/**
 * Selects the places that a picture shows. Tenants that reach other tenants or are reached by them come first and are
 * never grouped: they matter most to the reader.
 */
export function matrixRows({ places, links, leftOut }: Matrix): MatrixRows {
  const { rows, notice } = rowsOf(places, links);
  const unknown =
    leftOut.length === 0 ? [] : [`Not computed: ${leftOut.length} of the tenants; request JSON to see why.`];
  const notices = [...(notice === null ? [] : [notice]), ...unknown];
  return { rows, notice: notices.length === 0 ? null : notices.join(' ') };
}

function rowsOf(places: Matrix['places'], links: Matrix['links']): MatrixRows {
  const tenants = places.filter(({ kind }) => kind === 'tenant');
  const rest = places.filter(({ kind }) => kind !== 'tenant').map((place) => ({ label: place.label, place }));
  if (tenants.length <= MOST_SINGLE) {
    return { rows: [...tenants.map((place) => ({ label: place.label, place })), ...rest], notice: null };
  }
  const groups = [...groupsOf(tenants, links).values()];
  const shown = groups.slice(0, MOST_ROWS);
  const count = (some: readonly NamedPlace[][]): number => some.reduce((sum, group) => sum + group.length, 0);
  const rows = shown.flatMap((group) => {
    const [place] = group;
    if (place === undefined) return [];
    return { label: group.length === 1 ? place.label : `${group.length} tenants like ${place.label}`, place };
  });
  const alike = `${tenants.length} tenants; tenants with equal reachability share a row.`;
  const hidden = count(groups) - count(shown);
  const notice = hidden === 0 ? alike : `${alike} ${hidden} tenants are NOT shown; request JSON to see all of them.`;
  return { rows: [...rows, ...rest], notice };
}

/**
 * Groups tenants by what they reach and what reaches them; tenants connected to other tenants stay alone and come
 * first.
 */
function groupsOf(tenants: readonly NamedPlace[], links: readonly OpenPath[]): Map<string, NamedPlace[]> {
  const ids = new Set(tenants.map(({ id }) => id));
  const ways = new Map<string, string[]>();
  const joined = new Set<string>();
  const note = (id: string, text: string): void => {
    ways.set(id, [...(ways.get(id) ?? []), text]);
  };
  for (const { from, to, complete, ports, readingsDiffer } of links) {
    const what = JSON.stringify([complete, ports, readingsDiffer]);
    if (from === to) note(from, `itself ${what}`);
    else if (ids.has(from) && ids.has(to)) joined.add(from).add(to);
    else if (ids.has(from)) note(from, `to ${to} ${what}`);
    else if (ids.has(to)) note(to, `from ${from} ${what}`);
  }
  const groups = new Map<string, NamedPlace[]>();
  for (const tenant of tenants) {
    const key = joined.has(tenant.id) ? tenant.id : (ways.get(tenant.id) ?? []).sort().join('\n');
    groups.set(key, [...(groups.get(key) ?? []), tenant]);
  }
  const first = (group: readonly NamedPlace[]): number => (group.some(({ id }) => joined.has(id)) ? 0 : 1);
  return new Map([...groups].sort(([, a], [, b]) => first(a) - first(b) || b.length - a.length));
}
