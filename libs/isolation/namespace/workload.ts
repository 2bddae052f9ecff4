import { type KubernetesObject } from '../model/kubernetes-object.js';
import { environmentLabels } from '../model/labels.js';
import { type TenantEnvironment, type TenantInput } from '../model/tenant-input.js';

const REFERENCE = /\$\{([^}]*)\}/g;

/**
 * The plan's dedicated services in one environment, in the order of the plan. Variables are filled in in values and
 * never in names of members, and what is filled in is not looked at again: a display name such as "${tenant.id}" stays
 * as it is. The tenant's labels go on the object alone. Pods get none: what tenants may do to each other is decided by
 * the labels of namespaces, and a label more in a template would only have to be kept out of its selectors.
 * @throws Error for a variable that the schema of plans does not know
 */
export function renderWorkloads(tenant: TenantInput, environment: TenantEnvironment): KubernetesObject[] {
  const values = variables(tenant, environment);
  return tenant.plan.spec.workloads.map(({ manifest }) => {
    const { metadata, ...members } = filled(manifest, values) as typeof manifest;
    // An apply of an object ignores its status, so a status in a manifest could never be found as wanted.
    delete members['status'];
    return {
      ...members,
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

/** A copy of a JSON value with its texts filled in, without members that are null: the API server stores none. */
function filled(value: unknown, values: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return filledText(value, values);
  if (Array.isArray(value)) return value.map((item) => filled(item, values));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([key, member]) => [key, filled(member, values)]));
}

function filledText(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(REFERENCE, (reference, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`${reference} is unknown.`);
    return value;
  });
}
