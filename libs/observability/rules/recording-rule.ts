/** A recording rule of Prometheus. */
export interface RecordingRule {
  record: string;
  expr: string;
  labels?: Readonly<Record<string, string>>;
}

/** The content of a Prometheus rule file. */
export interface RuleFile {
  groups: readonly { name: string; interval: string; rules: readonly RecordingRule[] }[];
}

/** The source of a label's value: another label, several joined labels, or a mapping of another label. */
type LabelSource =
  string | { join: readonly string[] } | { from: string; where: string; is: string; otherwise: string };
export type LabelSources = Readonly<Record<string, LabelSource>>;

/** The window of every rate: several scrapes of a target with an interval of one minute. */
const RATE_WINDOW = '5m';

/** Returns `rate` over the window of all rules. */
export function rate(selector: string): string {
  return `rate(${selector}[${RATE_WINDOW}])`;
}

/** Adds labels to an expression. */
export function withLabels(expr: string, labels: LabelSources): string {
  return Object.entries(labels).reduce((inner, [label, source]) => withLabel(inner, label, source), expr);
}

function withLabel(inner: string, label: string, source: LabelSource): string {
  if (typeof source === 'string') return `label_replace(${inner}, "${label}", "$1", "${source}", "(.*)")`;
  if ('join' in source) {
    return `label_join(${inner}, "${label}", "", ${source.join.map((from) => `"${from}"`).join(', ')})`;
  }
  const { from, where, is, otherwise } = source;
  const fallback = `label_replace(${inner}, "${label}", "${otherwise}", "", "")`;
  return `label_replace(${fallback}, "${label}", "${is}", "${from}", "${where}")`;
}

/**
 * Returns the sum by labels, some of which have sources. It also aggregates before labels are rewritten, which keeps it
 * cheap.
 */
export function sumBy(by: readonly string[], expr: string, labels: LabelSources = {}): string {
  const read = [
    ...new Set([...Object.values(labels).flatMap(readLabels), ...by.filter((label) => !(label in labels))]),
  ];
  const summed = `sum by (${read.join(', ')}) (${expr})`;
  return Object.keys(labels).length === 0 ? summed : `sum by (${by.join(', ')}) (${withLabels(summed, labels)})`;
}

function readLabels(source: LabelSource): readonly string[] {
  if (typeof source === 'string') return [source];
  return 'join' in source ? source.join : [source.from];
}
