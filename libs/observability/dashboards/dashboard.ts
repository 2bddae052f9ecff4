import { DATASOURCE, laidOut, type Panel, type Row } from './panel.js';

/** A variable whose values are those of a label. */
interface LabelVariable {
  name: string;
  title: string;
  /** Such as `label_values(series, label)`. */
  values: string;
}

export interface DashboardContent {
  /** At most 40 characters; importing a dashboard replaces the one with the same uid. */
  uid: string;
  title: string;
  description: string;
  tags: readonly string[];
  variables: readonly LabelVariable[];
  rows: readonly Row[];
}

/** A dashboard that Grafana 11 and newer can import; newer versions migrate it when they read it. */
export interface Dashboard {
  uid: string;
  title: string;
  description: string;
  tags: readonly string[];
  schemaVersion: number;
  version: number;
  editable: boolean;
  refresh: string;
  time: { from: string; to: string };
  timezone: string;
  templating: { list: readonly Readonly<Record<string, unknown>>[] };
  annotations: { list: readonly never[] };
  links: readonly never[];
  panels: readonly Panel[];
}

/** Builds a dashboard. Its Prometheus is selected in Grafana. */
export function dashboard({ variables, rows, ...texts }: DashboardContent): Dashboard {
  return {
    ...texts,
    schemaVersion: 39,
    version: 1,
    editable: false,
    refresh: '1m',
    timezone: 'browser',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', hide: 0 },
        ...variables.map(labelVariable),
      ],
    },
    annotations: { list: [] },
    links: [],
    panels: laidOut(rows),
  };
}

function labelVariable({ name, title, values }: LabelVariable): Record<string, unknown> {
  return {
    name,
    label: title,
    type: 'query',
    datasource: DATASOURCE,
    definition: values,
    refresh: 2,
    sort: 1,
    hide: 0,
    query: { query: values, refId: name },
    multi: true,
    includeAll: true,
    allValue: '.*',
    current: { text: 'All', value: '$__all' },
  };
}
