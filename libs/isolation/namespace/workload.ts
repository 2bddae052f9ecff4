import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels } from '../model/labels.js';
import { type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';

const REFERENCE = /(\$?)\$\{([^}]*)\}/g;

/**
 * Renders the plan's dedicated workloads in one environment, in the order of the plan. Variables are substituted in
 * values, never in field names; `$${HOME}`, which names no variable, stands for `${HOME}` itself. The result is not
 * substituted again: a display name such as "${tenant.id}" stays as it is. The tenant's labels go on the object only. Pods get none: isolation depends on the labels of namespaces, and
 * an extra label in a template would only have to be kept out of its selectors.
 * @throws Error for a variable that the schema of plans does not know
 */
export function renderWorkloads(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject[] {
  const values = variables(tenant, environment);
  return tenant.plan.spec.workloads.map(({ manifest }) => {
    const { metadata, ...fields } = substituted(manifest, values) as typeof manifest;
    // Applying an object ignores its status, so a status in a manifest would never match the desired state.
    delete fields['status'];
    return {
      ...fields,
      metadata: {
        name: metadata.name,
        namespace: environment.namespace,
        labels: { ...metadata.labels, ...environmentLabels(tenant, environment) },
        ...(metadata.annotations !== undefined && { annotations: metadata.annotations }),
      },
    };
  });
}

function variables(tenant: TenantInput, environment: TenantEnvironment): ReadonlyMap<string, string> {
  return new Map([
    ['tenant.slug', tenant.slug],
    ['tenant.id', tenant.id],
    ['tenant.displayName', tenant.displayName],
    ['environment.name', environment.name],
    ['environment.namespace', environment.namespace],
    ['plan.id', tenant.plan.id],
  ]);
}

/** Returns a copy of a JSON value with its strings substituted, without null fields: the API server stores none. */
function substituted(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return substitutedText(value, values);
  if (Array.isArray(value)) return value.map((item) => substituted(item, values));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([key, field]) => [key, substituted(field, values)]));
}

function substitutedText(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(REFERENCE, (reference, escape: string, name: string) => {
    const value = values.get(name);
    if (value !== undefined) return `${escape}${value}`;
    if (escape === '') throw new Error(`Unknown variable ${reference}.`);
    return reference.slice(escape.length);
  });
}
