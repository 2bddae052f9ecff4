/**
 * The id of an operation in the OpenAPI document, and of the action in the audit log, such as `tenants.create`.
 * @param controller name of the class
 * @param method name of the handler
 */
export function operationIdOf(controller: string, method: string): string {
  return `${controller.replace('Controller', '').toLowerCase()}.${method}`;
}
