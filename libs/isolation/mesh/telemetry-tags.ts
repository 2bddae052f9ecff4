/**
 * The tag that distinguishes a request refused by the mesh from one that the workload itself answered with 403: "true"
 * or "false". Rules count everything that is not "false", so that a proxy without the tag hides no refusal.
 */
export const DENIED_TAG = 'bulkhead_denied';

/** The Envoy attribute with the reason why a request or connection ended, by the metric counted at that time. */
const endings = {
  REQUEST_COUNT: 'response.code_details',
  REQUEST_DURATION: 'response.code_details',
  TCP_CLOSED_CONNECTIONS: 'connection.termination_details',
} as const;

/** Returns Telemetry overrides that add `DENIED_TAG` to server-side metrics. The value is a CEL expression. */
export function deniedTagOverrides(): object[] {
  return Object.entries(endings).map(([metric, reason]) => ({
    match: { metric, mode: 'SERVER' },
    tagOverrides: { [DENIED_TAG]: { value: `${reason}.startsWith("rbac_access_denied") ? "true" : "false"` } },
  }));
}
