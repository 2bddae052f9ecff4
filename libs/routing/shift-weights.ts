import { type RouteRule } from '#plans';

/** The old and the new service of a shift. */
export interface ShiftedServices {
  from: string;
  to: string;
  /** Null for the port of the old service in the rule. */
  toPort: number | null;
}

type Backend = RouteRule['backends'][number];

/** Maximum number of services in a rule. */
const MOST_BACKENDS = 8;

/**
 * Returns the rules of a route in which the new service gets this share of the combined weight, in whole percent. Rules
 * in which the old service has no weight stay unchanged. Pure.
 * @param original rules before the shift
 */
export function shiftedRules(original: readonly RouteRule[], services: ShiftedServices, weight: number): RouteRule[] {
  return original.map((rule) => {
    const old = rule.backends.find((backend) => isGiving(backend, services));
    if (old === undefined) return rule;
    const port = services.toPort ?? old.port;
    const isNew = (backend: Backend): boolean => backend.service === services.to && backend.port === port;
    const before = rule.backends.find(isNew)?.weight ?? 0;
    const share = old.weight + before;
    const given = Math.round((share * weight) / 100);
    const kept = rule.backends.map((backend) => {
      if (backend === old) return { ...backend, weight: share - given };
      return isNew(backend) ? { ...backend, weight: given } : backend;
    });
    const added = kept.some(isNew) ? [] : [{ service: services.to, port, weight: given }];
    return { ...rule, backends: [...kept, ...added] };
  });
}

/** Returns why a route cannot be shifted; null if it can. Pure. */
export function shiftProblem(rules: readonly RouteRule[], services: ShiftedServices): string | null {
  const giving = rules.filter(({ backends }) => backends.some((backend) => isGiving(backend, services)));
  if (giving.length === 0) return `has the service "${services.from}" in no rule with a weight above 0`;
  for (const { backends } of giving) {
    if (backends.filter((backend) => isGiving(backend, services)).length > 1) {
      return `has the service "${services.from}" on more than one port in a rule`;
    }
  }
  const most = Math.max(...shiftedRules(rules, services, 100).map(({ backends }) => backends.length));
  return most > MOST_BACKENDS ? `would have more than ${MOST_BACKENDS} services in a rule` : null;
}

function isGiving({ service, weight }: Backend, { from }: ShiftedServices): boolean {
  return service === from && weight > 0;
}
