import { type PlanSpec } from '#plans';

/** The TCP ports that containers of the plan's workloads declare. */
export function workloadPorts(workloads: PlanSpec['workloads']): number[] {
  return workloads.flatMap(({ manifest }) => declaredPorts(manifest));
}

/** Every `containerPort` of TCP in a manifest of any kind: plans may say what they like, and admission judges it. */
function declaredPorts(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  const { containerPort, protocol = 'TCP' } = value as { containerPort?: unknown; protocol?: unknown };
  const own = isPort(containerPort) && protocol === 'TCP' ? [containerPort] : [];
  return [...own, ...Object.values(value).flatMap(declaredPorts)];
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}
