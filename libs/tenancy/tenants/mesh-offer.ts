import { type ClusterFacts } from '#isolation';
import { missingMeshCapabilities, type PlanSpec } from '#plans';
import { DomainError } from '#problems';

/**
 * Refuses a plan that requires mesh capabilities which the cluster lacks. Before the first detection nothing is
 * refused; the condition `MeshReady` then reports what is missing.
 * @throws `tenant.capability_missing`
 */
export function demandCapabilities(
  { planId, spec }: { planId: string; spec: Pick<PlanSpec, 'mesh'> },
  facts: Pick<ClusterFacts, 'mesh' | 'knowsGatewayApi'> | null,
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
