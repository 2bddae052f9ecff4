import { dnsLabel, dnsSubdomainSchema, exactName, rejectDuplicates } from '#plans';
import { accountRoles, memberRoles } from '#tenancy';
import { z } from 'zod';

const memberKind = z
  .enum(['User', 'Group', 'ServiceAccount'])
  .describe('A ServiceAccount without a `namespace` is that of each of the tenant’s namespaces.');

/** Where the control plane runs, Bulkhead itself, and tenants: accounts there are not for others. */
const RESERVED_NAMESPACES = /^(kube-|tn-|bulkhead-system$)/;

/** A user, group or ServiceAccount with a role in the tenant's namespaces. */
export const member = z
  .strictObject({
    kind: memberKind,
    name: exactName(253)
      // Names such as system:masters are built into Kubernetes; binding one would expose the tenant to all or to
      // nobody.
      .refine((name) => !name.startsWith('system:'), 'Names that start with "system:" are reserved for Kubernetes.')
      .describe(
        "Name of the user or group as reported by the cluster's authenticator, or of a ServiceAccount, without its " +
          'namespace.',
      ),
    namespace: dnsLabel()
      .refine(
        (name) => !RESERVED_NAMESPACES.test(name),
        'Must be a namespace of the platform, such as "build": not one of the control plane, of Bulkhead or of a tenant.',
      )
      .describe('The namespace of a ServiceAccount of the platform, such as that of a pipeline.')
      .optional(),
    role: z.enum(memberRoles),
  })
  .superRefine(checkAccount)
  .meta({ id: 'Member' });

/** All members of a tenant. */
export const members = z
  .array(member)
  .max(200)
  .superRefine((list, context) => {
    rejectDuplicates(
      list.map(({ kind, name, namespace, role }) => {
        return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} as ${role}`;
      }),
      (index, text) => {
        context.addIssue({ code: 'custom', path: [index], message: `${text} is listed twice.` });
      },
    );
  })
  .describe("Users, groups and ServiceAccounts with access to the tenant's namespaces.");

function checkAccount(
  { kind, name, namespace, role }: { kind: string; name: string; namespace?: string | undefined; role: string },
  context: z.RefinementCtx,
): void {
  if (kind !== 'ServiceAccount') {
    if (namespace === undefined) return;
    context.addIssue({ code: 'custom', path: ['namespace'], message: 'Only a ServiceAccount has a namespace.' });
    return;
  }
  if (!dnsSubdomainSchema.safeParse(name).success) {
    const message = 'Must be the name of a ServiceAccount, such as "pipeline"; its namespace goes into "namespace".';
    context.addIssue({ code: 'custom', path: ['name'], message });
  }
  if (namespace !== undefined || accountRoles.some((each) => each === role)) return;
  const message =
    'A ServiceAccount of the tenant can be tenant-developer or tenant-viewer: whoever can create pods can act as it.';
  context.addIssue({ code: 'custom', path: ['role'], message });
}
