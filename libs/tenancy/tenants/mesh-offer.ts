import { missingMeshCapabilities, type PlanSpec } from '#plans';
import { DomainError } from '#problems';

/** The part of a cluster's `ClusterFacts` that a plan's mesh needs; null before the first detection. */
export type StoredFacts = {
  mesh?: { kind: 'istio-sidecar' | 'istio-ambient' | 'linkerd' } | null;
  knowsGatewayApi?: boolean;
} | null;

/**
 * Refuses a plan that requires mesh capabilities which the cluster lacks. Before the first detection nothing is
 * refused; the condition `MeshReady` then reports what is missing.
 * @throws `tenant.capability_missing`
 */
export function demandCapabilities(
  { planId, spec }: { planId: string; spec: Pick<PlanSpec, 'mesh'> },
  facts: StoredFacts,
  pointer: string,
): void {
  if (facts === null) return;
  const offer = { kind: facts.mesh?.kind ?? null, gatewayApi: facts.knowsGatewayApi === true };
  const missing = missingMeshCapabilities(spec.mesh, offer);
  if (missing.length === 0) return;
  const code = 'tenant.capability_missing';
  const errors = missing.map(({ capability, detail }) => ({ pointer, code, detail: `mesh.${capability}: ${detail}` }));
  const names = missing.map(({ capability }) => `mesh.${capability}`).join(', ');
  const sentences = missing.map(({ detail }) => detail).join(' ');
  throw new DomainError(
    code,
    `The cluster lacks capabilities that the plan "${planId}" requires (${names}). ${sentences}`,
    {
      errors,
    },
  );
}
