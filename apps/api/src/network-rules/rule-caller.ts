import { allows, type Principal } from '#access';
import { type RuleCaller } from '#network-rules';

/** Maps the caller to what it may do with network rules. */
export function ruleCaller(caller: Principal): RuleCaller {
  return { id: caller.id, mayExceedPlan: allows(caller, 'network-rules:exceed') };
}
