/**
 * Returns the operation id in the OpenAPI document, which is also the action in the audit log, such as
 * `tenants.create`.
 * @param controller class name
 * @param method handler name
 */
export function operationIdOf(controller: string, method: string): string {
  return `${controller.replace('Controller', '').toLowerCase()}.${method}`;
}
