import { type Port } from '#isolation';
import { containsCidr, hostCidr, parseCidr } from '#plans';
import { DomainError, type ProblemCode, type ProblemDetail } from '#problems';

import { type KnownTenant } from './answers.js';
import { type ConnectionQuestion, type End } from './query-answers.js';

/** Most faults in an answer. */
const MOST_ERRORS = 50;

/** An end as a caller names it: by an address, a tenant or a namespace. */
export interface AskedEnd {
  address?: string | undefined;
  /** Id or slug. */
  tenant?: string | undefined;
  /** Of the tenant; absent: its first one. */
  environment?: string | undefined;
  namespace?: string | undefined;
  labels?: Record<string, string> | undefined;
  serviceAccount?: string | undefined;
}

export interface AskedQuestion {
  from: AskedEnd;
  to: AskedEnd;
  port: Port;
  /** JSON Pointer to the question in the request. */
  pointer: string;
}

type Fault = ProblemDetail & { code: ProblemCode };

/** An end, and its tenant. */
interface Found {
  end: End;
  tenant: KnownTenant | null;
}

/**
 * Finds what questions name.
 * @param tenants those that the caller reaches and that the questions name
 * @param reachesAll whether the caller can also ask about namespaces of no tenant
 * @throws `request.invalid`, `reachability.end_unknown`, with a pointer to each fault
 */
export function resolve(
  asked: readonly AskedQuestion[],
  tenants: readonly KnownTenant[],
  reachesAll: boolean,
): ConnectionQuestion[] {
  const directory = new Directory(tenants, reachesAll);
  const faults: Fault[] = [];
  const questions = asked.flatMap(({ from, to, port, pointer }): ConnectionQuestion[] => {
    const found = [directory.find(from, `${pointer}/from`), directory.find(to, `${pointer}/to`)] as const;
    const [sender, receiver] = found;
    if ('code' in sender || 'code' in receiver) {
      faults.push(...found.filter((each): each is Fault => 'code' in each));
      return [];
    }
    const fault = faultBetween(sender, receiver, pointer);
    if (fault !== null) faults.push(fault);
    return [{ from: sender.end, to: receiver.end, port }];
  });
  const [first] = faults;
  if (first === undefined) return questions;
  const code = faults.some((fault) => fault.code === 'request.invalid') ? 'request.invalid' : first.code;
  const detail = faults.length === 1 ? first.detail : `${faults.length} ends of connections cannot be asked about.`;
  throw new DomainError(code, detail, { errors: faults.slice(0, MOST_ERRORS) });
}

/** The tenants by everything that names them. */
class Directory {
  private readonly byName = new Map<string, KnownTenant>();
  private readonly byNamespace = new Map<string, KnownTenant>();

  constructor(
    tenants: readonly KnownTenant[],
    private readonly reachesAll: boolean,
  ) {
    for (const tenant of tenants) {
      this.byName.set(tenant.id, tenant).set(tenant.slug, tenant);
      for (const { namespace } of tenant.environments) this.byNamespace.set(namespace, tenant);
    }
  }

  find({ address, tenant: name, environment, namespace, ...pod }: AskedEnd, pointer: string): Found | Fault {
    if (address !== undefined) return { end: { kind: 'address', address }, tenant: null };
    const { labels = {}, serviceAccount = 'default' } = pod;
    const podIn = (place: string, tenant: KnownTenant | null): Found => {
      return { end: { kind: 'pod', tenantId: tenant?.id ?? null, namespace: place, labels, serviceAccount }, tenant };
    };
    if (name === undefined) {
      const place = namespace ?? '';
      const tenant = this.byNamespace.get(place) ?? null;
      return tenant !== null || this.reachesAll
        ? podIn(place, tenant)
        : unknown(`${pointer}/namespace`, `namespace "${place}"`);
    }
    const tenant = this.byName.get(name);
    if (tenant === undefined) return unknown(`${pointer}/tenant`, `tenant "${name}"`);
    const found = tenant.environments.find((each) => environment === undefined || each.name === environment);
    if (found === undefined) {
      return unknown(`${pointer}/environment`, `environment "${environment ?? ''}" of the tenant`);
    }
    return podIn(found.namespace, tenant);
  }
}

/** A namespace of another's tenant does not exist for the caller, as one that nobody has. */
function unknown(pointer: string, what: string): Fault {
  return { pointer, code: 'reachability.end_unknown', detail: `There is no ${what}.` };
}

function faultBetween(from: Found, to: Found, pointer: string): Fault | null {
  const { tenant } = from.tenant === null ? to : from;
  if (tenant === null) {
    const detail = 'Name a tenant on one side: nothing else is decided by what Bulkhead renders.';
    return { pointer, code: 'request.invalid', detail };
  }
  if (from.tenant !== null && to.tenant !== null && from.tenant.clusterId !== to.tenant.clusterId) {
    const detail =
      'The tenants are on different clusters: ask about the address at which the other cluster is reached.';
    return { pointer: `${pointer}/to`, code: 'request.invalid', detail };
  }
  return addressFault(from, tenant, `${pointer}/from`) ?? addressFault(to, tenant, `${pointer}/to`);
}

/** Pods have labels, and Services are translated to pods, before policies see them. */
function addressFault({ end }: Found, { clusterFacts }: KnownTenant, pointer: string): Fault | null {
  if (end.kind !== 'address' || clusterFacts.dnsServiceIps.includes(end.address)) return null;
  const isIn = (cidrs: readonly string[]): boolean =>
    cidrs.some((cidr) => containsCidr(parseCidr(cidr), hostCidr(end.address)));
  const what = isIn(clusterFacts.podCidrs) ? 'pods' : isIn(clusterFacts.serviceCidrs) ? 'Services' : null;
  if (what === null) return null;
  const detail = `This address is one of the cluster’s ${what}: name the tenant or namespace of the pod, and its labels.`;
  return { pointer: `${pointer}/address`, code: 'request.invalid', detail };
}
