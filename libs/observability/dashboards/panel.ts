/** Grafana's names of units. */
export type Unit = 'reqps' | 'percentunit' | 'ms' | 'short' | 'cps';

export interface Query {
  expr: string;
  /** Can contain `{{label}}`; for a table the name of the column. */
  legend: string;
}

/** The content of a panel, without its position. */
export interface PanelContent {
  title: string;
  /** The meaning of the numbers and how they are computed, behind the (i). */
  description: string;
  unit: Unit;
  queries: readonly Query[];
}

/** A panel as Grafana stores it. */
export type Panel = Readonly<Record<string, unknown>> & { id: number; gridPos: GridPos };

interface GridPos {
  h: number;
  w: number;
  x: number;
  y: number;
}

type Kind = 'stat' | 'timeseries' | 'table';

/** The dashboard variable that selects the Prometheus. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

const COLUMNS = 24;
const heights: Record<Kind, number> = { stat: 4, timeseries: 8, table: 9 };

export interface Row {
  kind: Kind;
  panels: readonly PanelContent[];
}

/** Lays panels out in rows of full width; ids count from 1. */
export function laidOut(rows: readonly Row[]): Panel[] {
  const panels: Panel[] = [];
  let y = 0;
  for (const { kind, panels: contents } of rows) {
    const [w, h] = [Math.floor(COLUMNS / contents.length), heights[kind]];
    for (const [index, content] of contents.entries()) {
      panels.push(panel(panels.length + 1, kind, content, { h, w, x: index * w, y }));
    }
    y += h;
  }
  return panels;
}

function panel(id: number, kind: Kind, content: PanelContent, gridPos: GridPos): Panel {
  const { title, description, unit, queries } = content;
  return {
    id,
    type: kind,
    title,
    description,
    gridPos,
    datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0, noValue: 'none' }, overrides: [] },
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: DATASOURCE,
      expr,
      legendFormat: legend,
      ...(kind === 'timeseries' ? { range: true, instant: false } : { range: false, instant: true }),
      ...(kind === 'table' ? { format: 'table' } : {}),
    })),
    ...looks[kind],
  };
}

/** Columns that are meaningless to people. */
const hidden = { Time: true, mesh: true };

const looks: Record<Kind, object> = {
  stat: {
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      colorMode: 'none',
      graphMode: 'none',
    },
  },
  timeseries: {
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  },
  table: {
    options: { showHeader: true, sortBy: [{ displayName: 'Value', desc: true }] },
    transformations: [{ id: 'organize', options: { excludeByName: hidden, indexByName: {}, renameByName: {} } }],
  },
};
