/** The annotation of a Service that says to which namespaces Istio tells of it, separated by commas; `.` is its own. */
export const EXPORT_ANNOTATION = 'networking.istio.io/exportTo';

/** The manager of fields under which the worker sets that annotation for a link. Under any other it may not. */
export const EXPORT_MANAGER = 'bulkhead-links';
