import { type IsolationReport } from '#certificates';

import { htmlReport } from './html-report.js';
import { junitReport } from './junit-report.js';
import { type ReportFormat } from './report-format.js';
import { sarifReport } from './sarif-report.js';

/** Media types by which a format is asked for, the first one being what it is answered as. */
const mediaTypes: Record<ReportFormat, readonly string[]> = {
  json: ['application/json'],
  junit: ['application/xml', 'text/xml'],
  sarif: ['application/sarif+json'],
  html: ['text/html'],
};

/** The format that an `Accept` header names first; JSON when it names none. Weights are not looked at. */
export function formatOf(accept: string | undefined): ReportFormat {
  const wanted = (accept ?? '').split(',').map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '');
  for (const type of wanted) {
    const found = Object.entries(mediaTypes).find(([, types]) => types.includes(type));
    if (found !== undefined) return found[0] as ReportFormat;
  }
  return 'json';
}

/**
 * A report in a format.
 * @param keyId of the key that signed it; null when none did
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
      // As a text: Fastify turns objects into JSON of the type application/json only.
      return { type, body: JSON.stringify(sarifReport(report)) };
    case 'junit':
      return { type: charset, body: junitReport(report) };
    case 'html':
      return { type: charset, body: htmlReport(report, keyId) };
  }
}
