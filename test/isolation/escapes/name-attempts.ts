import { type KubernetesObject } from '@kubernetes/client-node';

import { type Attempts, type Makers } from './makers.js';

/** Attempts to take a name that Bulkhead has in no namespace yet, so that it could not be made later. */
export function nameEscapes({ binding, role, person, policy, core }: Makers): Attempts {
  // Made anew for each attempt: the namespace is known only once the tests run.
  const objects = {
    binding: () => binding('any', person, 'Role'),
    role: () => role({}),
    policy: () => policy({ ingress: [{ _from: [{ podSelector: {} }] }] }),
    account: () => core('ServiceAccount', { automountServiceAccountToken: false }),
  };
  const attempts: Record<string, [keyof typeof objects, string, string]> = {
    'the name of a RoleBinding': ['binding', 'bulkhead-tenant-owner', 'tenant-viewers'],
    'the name of a Role': ['role', 'bulkhead-tenant-viewer', 'bulkhead-viewers'],
    'the name of a network policy': ['policy', 'tenant-allow-mesh-probes', 'allow-mesh-probes'],
    'the name of a link': ['policy', 'link-01h455vb4pex5vsknk084sn02q-provider', 'our-link'],
    'the name of the deployer': ['account', 'deployer', 'deployer-2'],
  };
  const named = (kind: keyof typeof objects, name: string): KubernetesObject => {
    const object = objects[kind]();
    Object.assign(object.metadata ?? {}, { name });
    return object;
  };
  return Object.fromEntries(
    Object.entries(attempts).map(([title, [kind, taken, free]]) => [
      title,
      [() => named(kind, taken), () => named(kind, free), 'reserved for an object of Bulkhead'],
    ]),
  );
}
