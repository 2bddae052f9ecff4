import { allows, type Principal } from '#access';
import { type HoldCaller, holdSources } from '#tenancy';

/** Maps the caller to the holds that they can manage. A billing system cannot lift a hold of security. */
export function holdCaller(caller: Principal): HoldCaller {
  return { id: caller.id, sources: holdSources.filter((source) => allows(caller, `holds:${source}`)) };
}
