/** What an operator can do, by the API server's own reason. It is closer to the cause than Bulkhead's code. */
const byReason = remedies({
  Forbidden:
    'Let the worker do it: apply deploy/worker-rbac.yaml again, or exempt the worker from the admission policy or ' +
    'webhook that the message names. Then retry the operation.',
  Invalid:
    'Move the tenant to a version of its plan that this version of Kubernetes accepts, or change the admission ' +
    'policy that the message names. Then retry the operation.',
  Unauthorized: 'Give the worker valid credentials: see "Change the kubeconfig" in docs/runbooks/operate.md.',
  TooManyRequests: 'None needed unless it lasts: the API server is busy, and Bulkhead waits as long as it asks for.',
  RequestEntityTooLarge: 'Make the plan or the list of members smaller, then retry the operation.',
});

/** What an operator can do, by the code of a condition (docs/runbooks/conditions.md). */
const byCode = remedies({
  ClusterUnreachable:
    'Check that the API server runs, that the worker reaches it, and that the credentials of the worker are valid. ' +
    'Bulkhead tries again by itself.',
  WriteConflict:
    'None needed unless it lasts; then find the other controller that writes the object in its managedFields.',
  NotAuthorized: 'If it lasts for more than a minute, apply deploy/worker-rbac.yaml again.',
  WriteRefused: 'Remove what the message says is in the way, then retry the operation.',
  NamespaceNotOwned:
    'Remove the namespace if nobody needs it, then retry the operation; or delete the tenant and create it under ' +
    'another slug.',
  NamespaceTerminating:
    'None needed unless it lasts; then let the controller of the finalizer that the message names finish its work.',
  Cancelled: 'Retry the operation, change the tenant, or delete it.',
  Interrupted: 'None needed: the next pass does it again.',
  ServiceNotFound: 'Create the Service, or revoke the link. Bulkhead looks again by itself.',
  ServiceIsExternalName: 'A link leads to pods: revoke it, and propose one to a Service that selects some.',
  ServiceWithoutSelector: 'Give the Service a selector, or revoke the link. Bulkhead looks again by itself.',
  ServiceUnreadable:
    'None needed unless it lasts; then look why the binding of the deployer is not what Bulkhead made.',
  ServiceNotExported:
    'Remove the annotation networking.istio.io/exportTo from the Service, or add the namespace of the consumer to it. ' +
    'Bulkhead looks again by itself.',
  PortNotFound: 'Add the port to the Service, or revoke the link and propose one with the ports that it has.',
  PortIsNotTcp: 'Links open TCP alone: revoke the link, and propose one without that port.',
  TargetPortUnknown:
    'Start a pod that declares the port by this name, or write its number into the Service. Bulkhead looks again by itself.',
  TargetPortAmbiguous: 'Let all pods of the Service mean the same number by this name, or write the number into it.',
  InternalError: 'Report it with the line of the log of the worker that has the id of the tenant.',
});

const elsewhere = 'Look up the reason in docs/runbooks/conditions.md.';

/**
 * A sentence for the operator about one failure. The same failure always gives the same sentence.
 * @param code the reason of the condition.
 * @param reason the API server's own word; null when it gave none. It decides only where the request was refused.
 */
export function remedyFor(code: string, reason: string | null): string {
  const refused = code === 'WriteRefused' || code === 'ClusterUnreachable';
  const nearer = refused && reason !== null ? byReason.get(reason) : undefined;
  return nearer ?? byCode.get(code) ?? elsewhere;
}

/** A map, because every object has members that nobody wrote. */
function remedies(table: Record<string, string>): ReadonlyMap<string, string> {
  return new Map(Object.entries(table));
}
