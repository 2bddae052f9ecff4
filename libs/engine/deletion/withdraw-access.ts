import { CUT_OFF_ANNOTATION, environmentLabels, MANAGED_BY, MANAGED_BY_LABEL } from '#isolation';
import { isRoleNotGrantable, keyOf, type LiveObject, objectName } from '#kube';
import pMap from 'p-map';

import { untilInForce } from '../holds/mark-cut-off.js';
import { isOvertaken, listWorkloads, tryWorkloads } from '../holds/workload-access.js';
import { type Pass } from '../pass/pass.js';

const IN_FLIGHT = 8;
/** The policy that closes everything: it stands until its namespace goes. */
const DEFAULT_DENY = 'tenant-default-deny';

/** Objects that give access or open traffic, whoever made them. */
const openingKinds = [
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
] as const;

/**
 * Takes access and traffic from a tenant that is deleted, before anything else goes: a pod or an object with a finalizer
 * can hold a namespace for as long as its maker likes. First nobody else may write there any more, then every binding
 * and every policy that opens something is removed, by whomever it was made.
 * @throws LeaseLost, StepFailed; PassWaiting if the API server does not act on the mark in time
 */
export async function withdrawAllAccess(pass: Pass, namespaces: readonly LiveObject[]): Promise<void> {
  await pMap(namespaces, (namespace) => mark(pass, namespace), { concurrency: IN_FLIGHT });
  const names = namespaces.map(({ metadata }) => metadata.name);
  const found = await listWorkloads(pass, openingKinds, names);
  const opening = found.filter((object) => !isDefaultDeny(object)).map((object) => ({ object }));
  await tryWorkloads(pass, 'prune', opening, ({ object }) => remove(pass, object));
}

/** Marks a namespace, and gives back the labels by which admission knows it, should somebody have taken them. */
async function mark(pass: Pass, namespace: LiveObject): Promise<void> {
  const { name, annotations = {}, labels = {} } = namespace.metadata;
  const environment = pass.tenant.environments.find((each) => each.namespace === name);
  const wanted = {
    labels: environment === undefined ? {} : environmentLabels(pass.tenant, environment),
    annotations: { [CUT_OFF_ANNOTATION]: 'true' },
  };
  if (!has(labels, wanted.labels) || !has(annotations, wanted.annotations)) {
    const target = { object: objectName(keyOf(namespace)), kind: namespace.kind };
    await pass.steps.run('apply', target, () => pass.kube.patch(keyOf(namespace), { metadata: wanted }));
  }
  await untilInForce(pass, { namespace: name });
}

function has(found: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => found[key] === value);
}

function isDefaultDeny({ kind, metadata }: LiveObject): boolean {
  return (
    kind === 'NetworkPolicy' && metadata.name === DEFAULT_DENY && metadata.labels?.[MANAGED_BY_LABEL] === MANAGED_BY
  );
}

/** Empties the object first: with a finalizer it would go on giving access after its deletion. */
async function remove({ kube }: Pass, object: LiveObject): Promise<void> {
  const key = keyOf(object);
  const emptied = object.kind === 'RoleBinding' ? { subjects: [] } : { spec: { ingress: null, egress: null } };
  if (object.metadata.labels?.[MANAGED_BY_LABEL] !== MANAGED_BY) {
    await kube.patch(key, emptied).catch((error: unknown) => {
      // A binding of a role that the worker may not give can only be deleted.
      if (!isRoleNotGrantable(error) && !isOvertaken(error)) throw error;
    });
  }
  if (object.metadata.deletionTimestamp === undefined) await kube.delete(key, object.metadata.uid);
}
