export const people: Record<string, { name: string; email: string; groups: string[]; can: string }>;
export const swaggerClient: string;
export const cliClient: string;
export const loginScopes: string[];
export const audience: string;
/** Returns the redirect URIs of the Swagger UI of an API. */
export function redirectUris(port: number): string[];
/** Returns the entry of the login in the file of issuers. */
export function loginIssuer(issuer: string): Record<string, unknown>;
