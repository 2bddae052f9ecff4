import { dnsSubdomainSchema, exactName, rejectDuplicates } from '#plans';
import { memberRoles } from '#tenancy';
import { z } from 'zod';

const memberKind = z
  .enum(['User', 'Group', 'ServiceAccount'])
  .describe('A ServiceAccount is that of each of the tenant’s namespaces.');

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
      list.map(({ kind, name, role }) => `${kind} ${name} as ${role}`),
      (index, text) => {
        context.addIssue({ code: 'custom', path: [index], message: `${text} is listed twice.` });
      },
    );
  })
  .describe("Users, groups and ServiceAccounts with access to the tenant's namespaces.");

function checkAccount(
  { kind, name, role }: { kind: string; name: string; role: string },
  context: z.RefinementCtx,
): void {
  if (kind !== 'ServiceAccount') return;
  if (!dnsSubdomainSchema.safeParse(name).success) {
    const message = 'Must be the name of a ServiceAccount, such as "pipeline", without its namespace.';
    context.addIssue({ code: 'custom', path: ['name'], message });
  }
  if (role === 'tenant-viewer' || role === 'tenant-developer') return;
  const message =
    'A ServiceAccount can be tenant-developer or tenant-viewer: whoever can create pods can act as one of its namespace.';
  context.addIssue({ code: 'custom', path: ['role'], message });
}
