const otherPlan =
  'Move the tenant to a plan version that this version of Kubernetes accepts, or change the admission policy in ' +
  'the message. Then retry the operation.';

/** Remedies of refusals by the reason of the API server, which is more specific than Bulkhead's code. */
const ofRefusals = remedies({
  Forbidden:
    'Grant the permission to the worker: apply deploy/worker-rbac.yaml again, or exempt the worker from the ' +
    'admission policy or webhook in the message. Then retry the operation.',
  Invalid: otherPlan,
  BadRequest: otherPlan,
  // Of objects that the API server cannot convert: these answers have no reason of their own.
  InternalError: otherPlan,
  Status500: otherPlan,
  RequestEntityTooLarge: 'Reduce the plan or the list of members, then retry the operation.',
});

/** Remedies of answers that concern the whole cluster, by the reason of the API server. */
const ofOutages = remedies({
  Unauthorized: 'Give the worker valid credentials: see "Change the kubeconfig" in docs/runbooks/operate.md.',
  TooManyRequests:
    'None needed unless it persists: the API server is overloaded, and Bulkhead waits as long as requested.',
});

const baselineAbsent =
  'None needed unless it persists; then check that the policy bulkhead-tenant-objects and its binding exist, and that the ' +
  'watches of the API server work.';

/** Remedies by the code of a condition (docs/runbooks/conditions.md). */
const byCode = remedies({
  ClusterUnreachable:
    'Check that the API server is running and reachable from the worker, and that the credentials of the worker are ' +
    'valid. Bulkhead retries automatically.',
  WriteConflict: 'None needed unless it persists; then find the other controller in the managedFields of the object.',
  NotAuthorized:
    'If it persists for more than a minute, apply deploy/worker-rbac.yaml again, and retry the operation if it failed.',
  WebhookUnavailable:
    'Repair the webhook that the message names, or let its configuration (kubectl get ' +
    'validatingwebhookconfigurations,mutatingwebhookconfigurations) leave out namespaces with the label ' +
    'bulkhead.io/tenant-id. Bulkhead retries automatically.',
  AdmissionNotReady:
    'None needed unless it persists; then restore the parameters of the admission policy in the message, or remove ' +
    'its binding. Bulkhead restores those of its own policies, and retries automatically.',
  DependencyUnavailable: 'None needed unless it persists; then check Postgres, and the log of the worker.',
  WriteRefused: 'Remove the obstacle named in the message, then retry the operation.',
  NamespaceNotOwned:
    'Remove the namespace if it is not needed, then retry the operation; or delete the tenant and create it under ' +
    'another slug.',
  NamespaceTerminating:
    'None needed unless it persists. Then look at what the message says: let the controller of a finalizer finish; or, if ' +
    'the API server cannot list the kinds of an API ("discovery failed"), repair or delete its APIService (kubectl get ' +
    'apiservice). Bulkhead checks again automatically.',
  DeletionBlocked:
    'Let the controllers of the finalizers in the message run, and finish. Remove a finalizer yourself only if you know ' +
    'that nothing is left for it to do. Bulkhead checks again automatically.',
  PodsTerminating:
    'None needed unless it persists: pods are removed by force in the end. Only a finalizer takes longer; let its ' +
    'controller finish.',
  LeftoverObjects:
    'Delete the objects in the message that belong to the tenant, and remove the label bulkhead.io/tenant-id from those ' +
    'that do not. Bulkhead looks again automatically.',
  SweepIncomplete:
    'Repair the API in the message, or delete its APIService (kubectl get apiservices). Bulkhead looks again ' +
    'automatically.',
  CutOffNotInForce: baselineAbsent,
  HostsNotInForce: baselineAbsent,
  MeshMissing:
    'Install the custom resource definitions of the mesh, in a version that serves the kinds in the message, or remove the ' +
    'mesh from the description of the cluster. Bulkhead checks again automatically.',
  WorkloadRestarted:
    'Stop what restores the object in the message: an autoscaler, an operator or a pipeline. Bulkhead suspends it again ' +
    'automatically.',
  WorkloadRepeated: 'Give the two workloads of the plan different names, in a new version of it.',
  NotRenderable:
    'Change what the message names, in the tenant or in its plan. If the message does not help, report it with the id ' +
    'of the tenant.',
  Cancelled: 'Retry the operation, change the tenant, or delete it.',
  Interrupted: 'None needed: the next pass repeats the step.',
  ServiceNotFound: 'Create the Service, or revoke the link. Bulkhead checks again automatically.',
  ServiceIsExternalName: 'Links need a Service that selects pods: revoke this link, and propose one to such a Service.',
  ServiceWithoutSelector: 'Add a selector to the Service, or revoke the link. Bulkhead checks again automatically.',
  ServiceSelectorTooLarge:
    'Select the pods of the Service by fewer labels, or revoke the link. Bulkhead checks again automatically.',
  TooManySelectors:
    'Let the Services behind the links of this tenant select their pods by fewer labels, best by one that they share, ' +
    'or revoke a link. Bulkhead checks again automatically.',
  ServiceUnreadable: 'None needed unless it persists; then find out who changes the role binding of the deployer.',
  ServiceNotExported:
    'Remove the annotation networking.istio.io/exportTo from the Service, or add the namespace of the consumer to ' +
    'it. Bulkhead checks again automatically.',
  PortNotFound: 'Add the port to the Service, or revoke the link and propose one with the existing ports.',
  PortIsNotTcp: 'Links only support TCP: revoke the link, and propose one without that port.',
  TargetPortUnknown:
    'Start a pod that declares the named port, or use its number in the Service. Bulkhead checks again automatically.',
  TargetPortAmbiguous:
    'Use the same port number for this name in all pods of the Service, or use the number in the Service.',
  InternalError: 'Report it with the worker log line that contains the id of the tenant.',
});

const elsewhere = 'Look up the reason in docs/runbooks/conditions.md.';

/**
 * Returns the remedy for a failure. The same failure always gets the same text.
 * @param code the reason of the condition.
 * @param reason the reason of the API server; null if there is none. Only used if the request was refused.
 */
export function remedyFor(code: string, reason: string | null): string {
  const byReason = code === 'WriteRefused' ? ofRefusals : code === 'ClusterUnreachable' ? ofOutages : null;
  const nearer = reason === null ? undefined : byReason?.get(reason);
  return nearer ?? byCode.get(code) ?? elsewhere;
}

/** Returns a map, because plain objects inherit properties. */
function remedies(table: Record<string, string>): ReadonlyMap<string, string> {
  return new Map(Object.entries(table));
}
