import { type ClusterFacts, isWithin, missingCapabilityFor } from '#isolation';
import { durationMs, type PlanSpec, type RouteRule, type TenantRoute } from '#plans';
import { type DomainError, fieldError } from '#problems';

/** The facts that a route is checked against. */
export interface RouteContext {
  plan: { id: string; spec: PlanSpec };
  environments: readonly string[];
  /** Hosts of the tenant. */
  hosts: readonly string[];
  /** Other routes of the tenant. */
  others: readonly TenantRoute[];
  /** Whether the route is new. */
  isNew: boolean;
  cluster: ClusterFacts;
}

/** Maximum number of hosts with their own certificate per environment: the listener limit of a ListenerSet. */
const MOST_CERTIFIED_HOSTS = 64;

/**
 * Refuses a route that could not be carried out. Pure.
 * @throws `tenant_route.environment_unknown`, `tenant_route.host_foreign`, `tenant_route.host_conflict`,
 *   `tenant.plan_limit`, `tenant_route.unsupported`
 */
export function checkRoute(route: TenantRoute, context: RouteContext): void {
  checkEnvironment(route, context);
  checkHosts(route, context);
  checkPlan(route, context);
  const lacking = missingCapabilityFor(route, context.cluster);
  if (lacking === null) return;
  const detail = `${lacking.detail} Missing capability: ${lacking.capability}.`;
  throw fieldError('tenant_route.unsupported', lacking.pointer, detail);
}

function checkEnvironment({ environment }: TenantRoute, { environments }: RouteContext): void {
  if (environments.includes(environment)) return;
  const detail = `The tenant has no environment "${environment}".`;
  throw fieldError('tenant_route.environment_unknown', '/environment', detail);
}

function checkHosts(route: TenantRoute, { hosts, others }: RouteContext): void {
  route.hosts.forEach((host, index) => {
    const pointer = `/hosts/${index}`;
    if (!isWithin(host, hosts)) {
      // Do not reveal whether another tenant owns the host.
      const detail = `"${host}" is neither a host of the tenant nor a subdomain of one.`;
      throw fieldError('tenant_route.host_foreign', pointer, detail);
    }
    const other = others.find((each) => each.hosts.includes(host) && !isSamePlace(each, route));
    if (other === undefined) return;
    const detail = `The route "${other.name}" uses "${host}" with a different environment or certificate.`;
    throw fieldError('tenant_route.host_conflict', pointer, detail);
  });
}

/** All routes of a host must use the same environment and certificate. */
function isSamePlace(a: TenantRoute, b: TenantRoute): boolean {
  return a.environment === b.environment && a.tlsSecret === b.tlsSecret;
}

function checkPlan(route: TenantRoute, { plan, others, isNew }: RouteContext): void {
  const limit = (pointer: string, what: string): DomainError =>
    fieldError('tenant.plan_limit', pointer, `The plan "${plan.id}" ${what}`);
  if (!plan.spec.network.ingressGateway) throw limit('', 'does not allow access from the ingress gateway.');
  const { routing } = plan.spec;
  const beside = others.filter(({ environment }) => environment === route.environment);
  if (isNew && beside.length >= routing.maxRoutes) {
    throw limit(
      '',
      `allows ${routing.maxRoutes} routes per environment, and "${route.environment}" has reached this limit.`,
    );
  }
  const certified = [...beside, route].flatMap(({ hosts, tlsSecret }) => (tlsSecret === null ? [] : hosts));
  if (new Set(certified).size > MOST_CERTIFIED_HOSTS) {
    const detail = `An environment can have at most ${MOST_CERTIFIED_HOSTS} hosts with their own certificate.`;
    throw fieldError('tenant.plan_limit', '/hosts', detail);
  }
  route.rules.forEach((rule, index) => {
    const problem = timeProblem(rule, routing.defaultTimeout, routing.maxTimeout);
    if (problem !== null) throw fieldError('tenant.plan_limit', `/rules/${index}${problem.pointer}`, problem.detail);
    if ((rule.retries?.attempts ?? 0) > routing.maxRetries) {
      throw limit(`/rules/${index}/retries/attempts`, `allows at most ${routing.maxRetries} retries.`);
    }
  });
}

function timeProblem(
  { timeouts }: RouteRule,
  byDefault: string,
  most: string,
): { pointer: string; detail: string } | null {
  const request = timeouts.request ?? byDefault;
  if (durationMs(request) > durationMs(most)) {
    return { pointer: '/timeouts/request', detail: `The plan allows at most ${most} per request, not ${request}.` };
  }
  const { backendRequest } = timeouts;
  if (backendRequest === null || durationMs(backendRequest) <= durationMs(request)) return null;
  const detail = `The timeout of one attempt (${backendRequest}) exceeds that of the whole request (${request}).`;
  return { pointer: '/timeouts/backendRequest', detail };
}
