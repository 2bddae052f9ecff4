import { type LabelSources, type RecordingRule, sumBy } from './recording-rule.js';
import { owned, series } from './series.js';

/** Rates, and the sources of the labels of the resulting series. */
interface Report {
  rates: string;
  labels: LabelSources;
}
type CallReport = Report & { protocol: 'http' | 'tcp' };

/** The reports of one kind of proxy. */
export interface ProxyReports {
  /** The values of the label `mesh`, and of `proxy` where one mesh has two kinds of proxies. */
  labels: { mesh: string; proxy: string };
  inbound?: readonly CallReport[];
  outbound?: readonly CallReport[];
  errors?: Report;
  buckets?: Report;
  denied?: readonly CallReport[];
}

const caller = ['namespace', 'service', 'peer_namespace'];

/** Returns rules for series that are the same for all meshes, by the namespace whose proxies report. */
export function meshRules(reports: ProxyReports): RecordingRule[] {
  const { labels: proxy, inbound = [], outbound = [], denied = [], errors, buckets } = reports;
  const rule = (record: string, by: readonly string[], { rates, labels }: Report, more = {}): RecordingRule => ({
    record,
    expr: sumBy(by, rates, labels),
    labels: { ...proxy, ...more },
  });
  return [
    ...inbound.map((report) => {
      const { protocol } = report;
      return rule(series.namespaceCalls, [...caller, 'secured'], report, { protocol, direction: 'inbound' });
    }),
    ...outbound.map((report) => {
      const { protocol } = report;
      return rule(series.namespaceCalls, caller, report, { protocol, direction: 'outbound' });
    }),
    ...(errors === undefined ? [] : [rule(series.namespaceErrors, ['namespace', 'service'], errors)]),
    ...(buckets === undefined ? [] : [{ record: series.buckets, expr: bucketsOf(buckets), labels: proxy }]),
    ...denied.map((report) => rule(series.namespaceDenied, caller, report, { protocol: report.protocol })),
  ];
}

/** Aggregates by tenant immediately: buckets are the bulk of all series and need not be stored twice. */
function bucketsOf({ rates, labels }: Report): string {
  const byNamespace = sumBy(['namespace', 'service', 'le'], rates, labels);
  return sumBy(['tenant', 'environment', 'service', 'le'], owned(byNamespace));
}
