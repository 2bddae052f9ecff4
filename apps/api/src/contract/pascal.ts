/** Writes a name of several words as the document names things: `tenant.not_found` is `TenantNotFound`. */
export function pascal(name: string): string {
  return name
    .split(/[ ._-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
