/** The annotation that lists the namespaces to which Istio exports a Service, separated by commas; `.` is its own. */
export const EXPORT_ANNOTATION = 'networking.istio.io/exportTo';

/** The field manager with which the worker sets that annotation for a link. It cannot be set under any other. */
export const EXPORT_MANAGER = 'bulkhead-links';
