import { hostname, userInfo } from 'node:os';

import { type AuditedChange } from '#audit';

/** A change by a command, as the audit log has it: who works at the database has no API key. */
export function audited(command: string, action: string, request: unknown): AuditedChange {
  const source = { kind: 'command', command, user: userName(), host: hostname() } as const;
  return { actor: { id: 'command', role: null }, action, source, request };
}

/** In a container the user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
