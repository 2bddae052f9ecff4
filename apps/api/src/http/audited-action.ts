import { type AuditedChange } from '#audit';
import { type FastifyRequest } from 'fastify';

/** Maximum length of a header or URL in the audit log. */
const MOST_CHARACTERS = 2_000;

/**
 * Returns the action of a change in the audit log, such as `tenants.create`. Entries are never rewritten, so the names
 * of controllers and their methods stay as they are.
 * @param controller class name
 * @param method handler name
 */
export function auditedAction(controller: string, method: string): string {
  return `${controller.replace('Controller', '').toLowerCase()}.${method}`;
}

/** Returns where a request came from, for the audit log. */
export function auditSource(request: FastifyRequest): AuditedChange['source'] {
  const { method, url, id: requestId, ip: address, headers } = request;
  const [forwardedFor, userAgent] = [headers['x-forwarded-for'], headers['user-agent']].map(shortened);
  const source = { method, url: shortened(url) ?? '', requestId, address };
  return { kind: 'http', ...source, forwardedFor: forwardedFor ?? null, userAgent: userAgent ?? null };
}

function shortened(header: string | string[] | undefined): string | null {
  return header === undefined ? null : String(header).slice(0, MOST_CHARACTERS);
}
