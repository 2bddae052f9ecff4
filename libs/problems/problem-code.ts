/**
 * Every problem the API can answer with: its stable code and its title. Clients rely on the codes, so one
 * is never renamed or given another meaning; each has a page `docs/errors/<code>.md` (a test checks it).
 */
export const problemTitles = {
  'request.malformed': 'The request body is not valid JSON',
  'request.invalid': 'The request does not match the schema',
  'request.too_large': 'The request body is too large',
  'request.unsupported_media_type': 'The request body must be application/json',
  'request.cursor_invalid': 'The cursor is not one that this list gave out',
  'auth.unauthenticated': 'Authentication is required',
  'auth.forbidden': 'The caller lacks the permission',
  'route.not_found': 'No such route',
  'idempotency.key_invalid': 'The Idempotency-Key header is not usable',
  'idempotency.key_reused': 'The Idempotency-Key was used for another request',
  'precondition.failed': 'The resource has changed',
  'precondition.preview_stale': 'The change is not the one that was previewed',
  'plan.not_found': 'No such plan',
  'plan.version_not_found': 'No such plan version',
  'plan.id_taken': 'The plan id is taken',
  'plan.unchanged': 'The plan version would equal the newest one',
  'tenant.not_found': 'No such tenant',
  'tenant.slug_taken': 'The slug is taken',
  'tenant.namespace_taken': 'A namespace of the tenant is taken',
  'tenant.external_id_taken': 'The external id is taken',
  'tenant.plan_unknown': 'The plan of the tenant does not exist',
  'tenant.plan_limit': 'The plan does not allow it',
  'tenant.deleting': 'The tenant is being deleted',
  'operation.not_found': 'No such operation',
  'preview.timeout': 'No worker answered in time',
  'preview.failed': 'The preview could not be made',
  'operation.not_retryable': 'The operation cannot be tried again',
  'operation.not_cancellable': 'The operation cannot be cancelled',
  'events.too_many_streams': 'Too many event streams are open',
  'rollout.not_found': 'No such rollout',
  'rollout.active': 'The plan has an active rollout',
  'rollout.state_conflict': 'The state of the rollout does not allow it',
  'rollout.canary_unknown': 'A tenant of the canary does not take part',
  'service.unavailable': 'A part of the service is not available',
  'internal.error': 'Something went wrong on our side',
} as const;

export type ProblemCode = keyof typeof problemTitles;
