import { isDeepStrictEqual } from 'node:util';

import { hostCanary, isWithin, refusesHost, type TenantInput } from '#isolation';
import { keyOf, type LiveObject } from '#kube';

import { type Finding } from '../pass/findings.js';
import { PassWaiting } from '../pass/outcome.js';
import { type Pass } from '../pass/pass.js';
import { REFUSAL_RECHECK_MS, untilRefused } from '../pass/until-refused.js';

/** Kinds by which tenants claim hosts. */
const claiming = [
  { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'GRPCRoute' },
] as const;

/** Objects of a page: they are as large as tenants make them. */
const PAGE_SIZE = 50;

/**
 * Takes hosts that the tenant has lost out of the Ingresses and routes that it wrote: gateways serve the oldest object
 * that names a host, so its next owner would be served by them. Comes after the namespaces name the remaining hosts, and
 * looks only once the API server refuses the others.
 * @throws LeaseLost, StepFailed; PassWaiting if the API server does not refuse them in time
 */
export async function releaseHosts(pass: Pass): Promise<Finding> {
  const { environments, releasedHosts } = pass.tenant;
  const [example] = releasedHosts.filter((host) => !isWithin(host, pass.tenant.hosts));
  if (example === undefined) return {};
  for (const { namespace } of environments) {
    const message = `The API server does not yet refuse ${example} in ${namespace}.`;
    const problem = { reason: 'HostsNotInForce', message, object: namespace, kind: 'Namespace' } as const;
    const isRefused = await untilRefused(pass, hostCanary(namespace, example), refusesHost);
    if (!isRefused) throw new PassWaiting(problem, REFUSAL_RECHECK_MS);
    for (const kind of claiming) {
      for await (const page of pagesOf(pass, { ...kind, namespace })) {
        for (const object of page) await release(pass, { ...object, ...kind });
      }
    }
  }
  return {};
}

/** Pages of the objects of a kind; none if the cluster does not serve it. */
async function* pagesOf(
  { kube, cache }: Pass,
  kind: { apiVersion: string; kind: string; namespace: string },
): AsyncGenerator<LiveObject[]> {
  if (kind.kind !== 'Ingress' && !cache.isServed({ apiVersion: kind.apiVersion, kind: 'HTTPRoute' })) return;
  yield* kube.pages(kind, { limit: PAGE_SIZE });
}

async function release(pass: Pass, object: LiveObject): Promise<void> {
  const left = withoutHosts(object, pass.tenant);
  if (left === 'unchanged') return;
  const { kube, steps, keeper } = pass;
  const key = keyOf(object);
  const { uid, resourceVersion } = object.metadata;
  keeper.assertHeld();
  const target = { object: `${key.apiVersion}/${key.kind}/${key.namespace}/${key.name}`, kind: key.kind };
  // As the worker itself: the deployer of a tenant in quarantine has no rights.
  if (left === 'nothing') await steps.run('prune', target, () => kube.delete(key, uid, undefined, {}));
  else await steps.run('apply', target, () => kube.patch(key, { metadata: { resourceVersion }, spec: left }));
}

interface HostSpec {
  hostnames?: string[];
  rules?: { host?: string }[];
  tls?: { hosts?: string[] }[];
}

/** What is left of the spec without hosts that the tenant has lost: a merge patch. Pure. */
export function withoutHosts(
  { kind, ...object }: { kind: string; spec?: unknown },
  { hosts = [], releasedHosts }: Pick<TenantInput, 'hosts'> & { releasedHosts: readonly string[] },
): HostSpec | 'unchanged' | 'nothing' {
  const { hostnames = [], rules = [], tls = [] } = (object.spec ?? {}) as HostSpec;
  const isLost = (host = ''): boolean => isWithin(host, releasedHosts) && !isWithin(host, hosts);
  if (kind !== 'Ingress') {
    const kept = hostnames.filter((host) => !isLost(host));
    if (kept.length === hostnames.length) return 'unchanged';
    // Without any it would take every host of its listener.
    return kept.length === 0 ? 'nothing' : { hostnames: kept };
  }
  const keptRules = rules.filter(({ host }) => !isLost(host));
  const keptTls = tls.flatMap((each) => {
    const named = each.hosts ?? [];
    const kept = named.filter((host) => !isLost(host));
    return named.length > 0 && kept.length === 0 ? [] : [{ ...each, ...(named.length > 0 && { hosts: kept }) }];
  });
  const isSame = keptRules.length === rules.length && isDeepStrictEqual(keptTls, tls);
  if (isSame) return 'unchanged';
  return keptRules.length === 0 ? 'nothing' : { rules: keptRules, tls: keptTls };
}
