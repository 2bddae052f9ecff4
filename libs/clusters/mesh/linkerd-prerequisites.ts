import { type MeshPrerequisite } from '#tenancy';

import { type Json, type Look, type Runner } from './cluster-look.js';
import { judged, type Rule } from './prerequisite.js';

/** The injector's webhook. */
export interface Webhook {
  webhooks?: { failurePolicy?: string }[];
}

/** The configuration of a Linkerd installation. */
export interface LinkerdInstallation {
  /** Installed Helm values (ConfigMap linkerd-config). */
  values: Look<Json>;
  destination: Look<Runner>;
  injector: Look<Webhook>;
}

const running: Rule = {
  name: 'control-plane-running',
  unmet: 'The Deployment linkerd-destination is not available: changes do not reach proxies.',
  remedy: 'Bring the control plane of Linkerd up.',
};
const cni: Rule = {
  name: 'linkerd-cni',
  unmet: 'Without linkerd-cni the init container of a proxy needs NET_ADMIN, which Pod Security "restricted" refuses.',
  remedy: 'Install the chart linkerd2-cni and set cniEnabled=true.',
};
const injection: Rule = {
  name: 'injector-fails-closed',
  unmet: 'While the injector is away, pods start without a proxy.',
  remedy: 'Set webhookFailurePolicy=Fail, as the high-availability values do.',
};
const inbound: Rule = {
  name: 'default-inbound-policy',
  unmet: 'Pods without a policy accept unauthenticated requests.',
  remedy: 'Set proxy.defaultInboundPolicy to deny or to cluster-authenticated.',
};

/** Evaluates the prerequisites of a Linkerd mesh (linkerd.io, Authorization Policy, and CNI Plugin). */
export function linkerdPrerequisites({ values, destination, injector }: LinkerdInstallation): MeshPrerequisite[] {
  return [
    judged(running, destination, ({ status }) => (status?.availableReplicas ?? 0) > 0),
    judged(cni, values, ({ cniEnabled }) => isOneOf(cniEnabled, true)),
    judged(injection, injector, ({ webhooks = [] }) => {
      return webhooks.length > 0 && webhooks.every(({ failurePolicy }) => failurePolicy === 'Fail');
    }),
    judged(inbound, values, ({ proxy }) => isOneOf(proxy?.['defaultInboundPolicy'], 'deny', 'cluster-authenticated')),
  ];
}

function isOneOf(value: unknown, ...allowed: unknown[]): boolean {
  return allowed.includes(value);
}
