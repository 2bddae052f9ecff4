import { type Policy } from '#policies';
import { z } from 'zod';

/** The condition of a policy, in the form of a tenant's conditions. */
export const policyConditionSchema = z
  .strictObject({
    type: z.literal('Enforced'),
    status: z.enum(['True', 'False', 'Unknown']),
    reason: z
      .enum(['InForce', 'Pending', 'EngineRefused', 'Removed'])
      .describe('`EngineRefused`: the API server or Gatekeeper rejected the policy; `message` contains its error.'),
    message: z.string(),
    observedVersion: z.int().describe('The version in the cluster; 0 if none is yet.'),
    lastTransitionTime: z.iso.datetime(),
  })
  .meta({ id: 'PolicyCondition' });
type PolicyCondition = z.output<typeof policyConditionSchema>;

/** Returns the condition `Enforced`, which reports whether the latest version is in force. */
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
      return {
        status: 'True',
        reason: 'InForce',
        message: [`Version ${version} is in force.`, message ?? ''].join(' ').trim(),
      };
    case 'pending': {
      const waiting = `Version ${version} is waiting for a worker to apply it.`;
      return { status: 'Unknown', reason: 'Pending', message: message ?? waiting };
    }
    case 'failed':
      return { status: 'False', reason: 'EngineRefused', message: message ?? 'The cluster rejected the policy.' };
    case 'deleting':
      return {
        status: 'False',
        reason: 'Removed',
        message: message ?? 'The policy is being removed from the cluster.',
      };
  }
}
