/**
 * The tag that tells a request which the mesh refused from one that the workload answered with 403 itself: "true" or
 * "false". Rules count what is not "false", so that a proxy without the tag hides no refusal.
 */
export const DENIED_TAG = 'bulkhead_denied';

/** Where Envoy says why it ended a request or a connection, by the metric that is counted then. */
const endings = {
  REQUEST_COUNT: 'response.code_details',
  REQUEST_DURATION: 'response.code_details',
  TCP_CLOSED_CONNECTIONS: 'connection.termination_details',
} as const;

/** Overrides of a Telemetry that put `DENIED_TAG` on what servers report. The value is an expression in CEL. */
export function deniedTagOverrides(): object[] {
  return Object.entries(endings).map(([metric, reason]) => ({
    match: { metric, mode: 'SERVER' },
    tagOverrides: { [DENIED_TAG]: { value: `${reason}.startsWith("rbac_access_denied") ? "true" : "false"` } },
  }));
}
