import { type Policy } from '#policies';
import { z } from 'zod';

/** What is said of a policy, in the form of a tenant's conditions. */
export const policyConditionSchema = z.strictObject({
  type: z.literal('Enforced'),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z
    .enum(['InForce', 'Pending', 'EngineRefused', 'Removed'])
    .describe('`EngineRefused`: the API server or Gatekeeper does not take it; the message is what it says.'),
  message: z.string(),
  observedVersion: z.int().describe('The version that the cluster has; 0: none yet.'),
  lastTransitionTime: z.iso.datetime(),
});
type PolicyCondition = z.output<typeof policyConditionSchema>;

/** Whether the newest version of a policy is in force. */
export function conditionOf(policy: Policy): PolicyCondition {
  return {
    type: 'Enforced',
    ...verdictOn(policy),
    observedVersion: policy.observedVersion,
    lastTransitionTime: policy.stateChangedAt.toISOString(),
  };
}

function verdictOn({ state, version, message }: Policy): Pick<PolicyCondition, 'status' | 'reason' | 'message'> {
  switch (state) {
    case 'in-force':
      return { status: 'True', reason: 'InForce', message: `Version ${version} is in force.` };
    case 'pending': {
      const waiting = `A worker has to bring version ${version} into force.`;
      return { status: 'Unknown', reason: 'Pending', message: message ?? waiting };
    }
    case 'failed':
      return { status: 'False', reason: 'EngineRefused', message: message ?? 'The cluster does not take it.' };
    case 'deleting':
      return { status: 'False', reason: 'Removed', message: message ?? 'It is being taken out of force.' };
  }
}
