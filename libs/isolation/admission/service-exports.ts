/** The annotation of a Service that says to which namespaces Istio tells of it, separated by commas; `.` is its own. */
export const EXPORT_ANNOTATION = 'networking.istio.io/exportTo';

/** As whose the worker sets that annotation where a link needs it. Its other writes to Services may not. */
export const EXPORT_MANAGER = 'bulkhead-links';
