import { hostname, userInfo } from 'node:os';

import { type AuditedChange } from '#audit';

/** Describes a command's change for the audit log. The actor is `command`, since commands use no API key. */
export function audited(command: string, action: string, request: unknown): AuditedChange {
  const source = { kind: 'command', command, user: userName(), host: hostname() } as const;
  return { actor: { id: 'command', role: null }, action, source, request };
}

/** In a container the user can lack a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
