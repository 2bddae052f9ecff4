import { type KubernetesObject, meshAnswers, renderTenant, type TenantInput } from '#isolation';
import { describe, expect, test } from 'vitest';

import { acme, beta, link } from './mesh-world.js';
import { inMesh, meshKinds } from './meshes.js';
import { planWith } from './tenants.js';

const titleOf = ({ kind, metadata }: KubernetesObject): string => `${kind}/${metadata.name}`;

/** The kinds that decide whose calls get through; others scope, measure and limit. */
const deciding = new Set(['PeerAuthentication', 'AuthorizationPolicy', 'Server', 'MeshTLSAuthentication']);

/** Returns the failures of a proof with these objects. */
function wrong(tenant: TenantInput, live: readonly KubernetesObject[], neighbour: TenantInput): string[] {
  const answers = meshAnswers(tenant, live, neighbour);
  return [
    ...(answers?.planned ?? []).filter(({ wanted, found }) => wanted !== found),
    ...(answers?.crossing ?? []).filter(({ found }) => found),
  ].map(({ from, to, port }) => `${from} to ${to} at ${port.port}`);
}

describe.each(meshKinds)('a proof in %s', (kind) => {
  const spec = planWith({ network: { ingressGateway: true }, mesh: { waypoint: kind === 'istio-ambient' } });
  const tenant = inMesh({ ...acme, plan: { ...acme.plan, spec }, links: [link] }, kind);
  const other = inMesh(beta, kind);
  const rendered = renderTenant(tenant);

  test('finds no fault in the object set, and asks enough questions', () => {
    const answers = meshAnswers(tenant, rendered, other);
    expect(answers?.planned.some(({ wanted }) => wanted)).toBe(true);
    expect(answers?.planned.some(({ wanted }) => !wanted)).toBe(true);
    expect(answers?.crossing.length).toBeGreaterThan(10);
    expect(wrong(tenant, rendered, other)).toEqual([]);
  });

  test('finds a policy that lets another tenant in', () => {
    const objects = rendered.filter(({ metadata }) => !/guard/.test(metadata.name));
    const open =
      kind === 'linkerd'
        ? objects.map((object) =>
            object.kind === 'MeshTLSAuthentication'
              ? { ...object, spec: { identityRefs: [{ kind: 'Namespace', name: 'tn-beta' }] } }
              : object,
          )
        : [
            ...objects,
            {
              apiVersion: 'security.istio.io/v1',
              kind: 'AuthorizationPolicy',
              metadata: { name: 'open', namespace: 'tn-acme' },
              spec: { rules: [{}] },
            },
          ];
    expect(wrong(tenant, open, other).some((each) => each.startsWith('tn-beta/'))).toBe(true);
  });

  const titles = [...new Set(rendered.filter((object) => deciding.has(object.kind)).map(titleOf))];
  test.each(titles)('notices that %s is missing', (title) => {
    const remaining = rendered.filter((object) => titleOf(object) !== title);
    expect(wrong(tenant, remaining, other)).not.toEqual([]);
  });
});
