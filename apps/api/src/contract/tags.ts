/** Text at the top of the document and of Swagger UI. */
export const introduction = `Control plane for tenants on Kubernetes.

Click **Authorize**, enter an API key or log in, then try any request. A change to a tenant returns \`202\` with its operation in
\`Location\`; \`GET /v1/operations/{id}?wait=30\` returns once the cluster matches. With \`Prefer: wait=30\` the change
itself returns then, with the operation in its body.

Every error is a problem (RFC 9457): match on its \`code\`. Responses may get new members at any time; ignore those that
you do not know.`;

/** The tags of the API with their descriptions, in the order in which a reader needs them. */
export const tags = {
  tenants: 'Customers and their objects in the cluster.',
  plans: 'What tenants buy: quota, network, mesh and security.',
  operations: 'Requested changes and their progress.',
  members: 'Who has access to a tenant, here and in its namespaces; invitations.',
  holds: 'Suspend, quarantine or freeze a tenant.',
  hosts: 'Host names that belong to a tenant.',
  routes: 'Requests from the gateway to the services of a tenant, and gradual shifts between two of them.',
  'network rules': 'Traffic of a tenant with addresses and hosts outside: what is allowed, and what is denied.',
  links: 'Permissions for a tenant to call a service of another one.',
  rollouts: 'Move the tenants of a plan to another version of it.',
  quarantine: 'Cut off many tenants at once.',
  policies: 'Guardrails across tenants.',
  'isolation checks': 'Proof that a tenant is isolated.',
  reachability: 'Which tenants and platform places reach each other.',
  observability: 'Metrics, dashboards and recording rules.',
  clusters: 'The clusters that tenants run on.',
  me: 'Who is asking, and what they may do.',
  'api keys': 'Credentials of machines: what each may do, for which tenants, and from where.',
  roles: 'Names for permissions.',
  audit: 'Who changed what, with proof that the log is intact.',
  health: 'Probes.',
} as const;
