import { type IsolationReport } from '#certificates';

import { htmlReport } from './html-report.js';
import { junitReport } from './junit-report.js';
import { type ReportFormat } from './report-format.js';
import { sarifReport } from './sarif-report.js';

/** Media types that request a format; the first is the type of the response. */
const mediaTypes: Record<ReportFormat, readonly string[]> = {
  json: ['application/json'],
  junit: ['application/xml', 'text/xml'],
  sarif: ['application/sarif+json'],
  html: ['text/html'],
};

/** The media type of a response in each format. */
export const reportMediaTypes = Object.values(mediaTypes).flatMap(([type = '']) => type);

/** Returns the first known format in an `Accept` header, by default JSON. Weights are ignored. */
export function formatOf(accept: string | undefined): ReportFormat {
  const wanted = (accept ?? '').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '');
  for (const type of wanted) {
    const found = Object.entries(mediaTypes).find(([, types]) => types.includes(type));
    if (found !== undefined) return found[0] as ReportFormat;
  }
  return 'json';
}

/**
 * Renders a report in a format.
 * @param keyId id of the signing key; null if unsigned
 */
export function rendered(
  report: IsolationReport,
  keyId: string | null,
  format: ReportFormat,
): { type: string; body: unknown } {
  const type = mediaTypes[format][0] ?? '';
  const charset = `${type}; charset=utf-8`;
  switch (format) {
    case 'json':
      return { type: charset, body: report };
    case 'sarif':
      // As text: Fastify serializes objects only for application/json.
      return { type, body: JSON.stringify(sarifReport(report)) };
    case 'junit':
      return { type: charset, body: junitReport(report) };
    case 'html':
      return { type: charset, body: htmlReport(report, keyId) };
  }
}
