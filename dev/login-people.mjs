/** The people who can log in for development, by their subject. The demonstration tenant has the last three as members. */
export const people = {
  operator: {
    name: 'Olga Operator',
    email: 'operator@bulkhead.example',
    groups: ['bulkhead-operators'],
    can: 'runs all tenants (role operator)',
  },
  owner: {
    name: 'Otto Owner',
    email: 'owner@demo.example',
    groups: [],
    can: 'owns the tenant "demo" (tenant-owner)',
  },
  developer: {
    name: 'Dana Developer',
    email: 'developer@demo.example',
    groups: [],
    can: 'changes routes of the tenant "demo" (tenant-developer)',
  },
  viewer: {
    name: 'Vera Viewer',
    email: 'viewer@demo.example',
    groups: [],
    can: 'reads the tenant "demo" (tenant-viewer)',
  },
};

export const swaggerClient = 'swagger-ui';
export const cliClient = 'bulkhead-cli';
export const loginScopes = ['openid', 'email', 'profile', 'groups', 'offline_access'];

/** The audience of tokens for the API. */
export const audience = 'https://bulkhead.example/api';

/** Returns the redirect URIs of the Swagger UI of an API, under every name that a browser may use for it. */
export function redirectUris(port) {
  return ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${port}/docs/oauth2-redirect.html`);
}

/** Returns the entry of the login in the file of issuers. */
export function loginIssuer(issuer) {
  return {
    name: 'login',
    issuer,
    audiences: [audience],
    algorithms: ['ES256'],
    types: ['at+jwt'],
    members: { user: { claim: 'email' } },
    rules: [{ when: { groups: 'bulkhead-operators' }, role: 'operator' }],
    login: {
      clientId: swaggerClient,
      authorizationUrl: `${issuer}/auth`,
      tokenUrl: `${issuer}/token`,
      scopes: ['openid', 'email', 'profile', 'groups'],
    },
  };
}
