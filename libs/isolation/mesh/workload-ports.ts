import { type PlanSpec } from '#plans';

/** Returns the TCP ports that containers of the plan's workloads declare. */
export function workloadPorts(workloads: PlanSpec['workloads']): number[] {
  return workloads.flatMap(({ manifest }) => declaredPorts(manifest));
}

/**
 * Returns every TCP `containerPort` in a manifest of any kind: plans are not restricted here, admission checks them.
 */
function declaredPorts(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  const { containerPort, protocol = 'TCP' } = value as { containerPort?: unknown; protocol?: unknown };
  const own = isPort(containerPort) && protocol === 'TCP' ? [containerPort] : [];
  return [...own, ...Object.values(value).flatMap(declaredPorts)];
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}
