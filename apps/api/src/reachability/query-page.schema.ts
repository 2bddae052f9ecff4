import { protocols } from '#isolation';
import { z } from 'zod';

const text = (description: string): z.ZodOptional<z.ZodString> =>
  z
    .string()
    .max(300)
    .regex(/^[ -~]*$/, 'Must be ASCII.')
    .optional()
    .describe(description);

/** What the form of the page sends. A form sends empty fields too: they count as absent. */
export const pageFields = z.strictObject({
  fromTenant: text('Id or slug.'),
  fromEnvironment: text('Of the tenant.'),
  fromNamespace: text('In place of a tenant.'),
  fromLabels: text('Such as `app=api, tier=back`.'),
  fromAddress: text('In place of a pod.'),
  toTenant: text('Id or slug.'),
  toEnvironment: text('Of the tenant.'),
  toNamespace: text('In place of a tenant.'),
  toLabels: text('Such as `app=api`.'),
  toAddress: text('In place of a pod.'),
  port: text('Of the receiver.'),
  protocol: z.enum(protocols).optional().describe('By default TCP.'),
});
export type PageFields = z.output<typeof pageFields>;

/** Returns the body of `POST /v1/reachability/query` that asks the same, not validated yet; null: nothing is asked. */
export function toQuery(fields: PageFields): object | null {
  const { port, protocol } = fields;
  const [from, to] = [
    end(fields.fromTenant, fields.fromEnvironment, fields.fromNamespace, fields.fromLabels, fields.fromAddress),
    end(fields.toTenant, fields.toEnvironment, fields.toNamespace, fields.toLabels, fields.toAddress),
  ];
  const isEmpty = [from, to].every((each) => Object.keys(each).length === 0) && !given(port);
  if (isEmpty) return null;
  return { from, to, ...(given(port) && { port: Number(port) }), ...(protocol !== undefined && { protocol }) };
}

function end(
  tenant: string | undefined,
  environment: string | undefined,
  namespace: string | undefined,
  labels: string | undefined,
  address: string | undefined,
): Record<string, unknown> {
  const texts = Object.entries({ tenant, environment, namespace, address }).filter(([, value]) => given(value));
  return {
    ...Object.fromEntries(texts.map(([name, value]) => [name, value?.trim()])),
    ...(given(labels) && { labels: labelsOf(labels) }),
  };
}

function labelsOf(listed: string): Record<string, string> {
  return Object.fromEntries(
    listed.split(',').map((label): [string, string] => {
      const [key = '', ...value] = label.split('=');
      return [key.trim(), value.join('=').trim()];
    }),
  );
}

function given(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}
