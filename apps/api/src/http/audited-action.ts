/**
 * Returns the action of a change in the audit log, such as `tenants.create`. Entries are never rewritten, so the names
 * of controllers and their methods stay as they are.
 * @param controller class name
 * @param method handler name
 */
export function auditedAction(controller: string, method: string): string {
  return `${controller.replace('Controller', '').toLowerCase()}.${method}`;
}
