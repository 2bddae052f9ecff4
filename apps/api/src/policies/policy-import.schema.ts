import { readableLines } from '#plans';
import { type ConvertedPolicy, policyIdSchema, policySpecSchema } from '#policies';
import { z } from 'zod';

const { target, exceptions, mode } = policySpecSchema.shape;

export const importPolicyRequest = z
  .strictObject({
    yaml: z
      .string()
      .min(1)
      .max(500_000)
      .regex(/\S/, { error: 'Must not be blank.' })
      .describe(
        'One policy: a Gatekeeper `ConstraintTemplate` with its constraint, a `ValidatingAdmissionPolicy` with its ' +
          'binding and the object of its parameters, or a Kyverno `ValidatingPolicy` in CEL.',
      ),
    id: policyIdSchema.optional().describe('By default the name of the constraint or policy.'),
    description: readableLines(2_000).optional().describe('By default that of the text.'),
    mode: mode.optional().describe('By default that of the text.'),
    target,
    exceptions,
  })
  .meta({ description: 'What cannot be carried over is refused, with its line.' });

export const importPreviewResponse = z
  .strictObject({
    id: z.string(),
    description: z.string(),
    ...policySpecSchema.shape,
    warnings: z.array(z.string()).describe('What is different from the text.'),
  })
  .meta({ id: 'PolicyImportPreview' });
export type ImportPreviewResponse = z.output<typeof importPreviewResponse>;

/** Maps an imported policy to its response. */
export function toImportPreview({ id, description, spec, warnings }: ConvertedPolicy): ImportPreviewResponse {
  return { id, description, ...spec, warnings };
}
