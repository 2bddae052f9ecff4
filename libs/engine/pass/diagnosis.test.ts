import { KubeError, KubeUnreachable } from '#kube';
import { remedyFor } from '#tenancy';
import { expect, test } from 'vitest';

import { diagnose } from './diagnosis.js';

const forbidden = (about: string): string => `${about} is forbidden: `;
const VAP = "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ";

/** Real answers: status, reason, message; then whether the request is at fault, the condition's reason, the remedy. */
test.for([
  [422, 'Invalid', `limitranges "a" ${VAP}no limits here`, 'refusal', 'WriteRefused', 'plan version'],
  [422, 'Invalid', 'Job.batch "a" is invalid: spec.template: field is immutable', 'refusal', 'WriteRefused', 'plan'],
  [400, 'BadRequest', 'json: cannot unmarshal string into Go struct field', 'refusal', 'WriteRefused', 'plan version'],
  [413, 'RequestEntityTooLarge', 'limit is 3145728', 'refusal', 'WriteRefused', 'Reduce the plan'],
  [403, 'Forbidden', forbidden('pods "a"') + 'exceeded quota: tenant-quota', 'refusal', 'WriteRefused', 'permission'],
  [403, 'Forbidden', 'admission webhook "x.y" denied the request: no', 'refusal', 'WriteRefused', 'webhook'],
  [
    500,
    undefined,
    'failed to create typed patch object (tn-a/web; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema',
    'refusal',
    'WriteRefused',
    'plan version',
  ],
  [
    500,
    'InternalError',
    'Internal error occurred: failed to convert object: unable to convert to v1, Kind=Pod',
    'refusal',
    'WriteRefused',
    'plan version',
  ],
  [
    403,
    'Forbidden',
    forbidden('ingresses "a"') + 'User "system:serviceaccount:tn-a:deployer" cannot patch resource "ingresses" in …',
    'refusal',
    'WriteRefused',
    'permission',
  ],
  [
    403,
    'Forbidden',
    forbidden('namespaces "a"') + 'User "w" cannot get resource "namespaces" in API group ""',
    'refusal',
    'NotAuthorized',
    'worker-rbac.yaml',
  ],
  [
    500,
    'InternalError',
    'Internal error occurred: failed calling webhook "v.acme.io": failed to call webhook: Post ' +
      '"https://guard.acme.svc:443/validate?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused',
    'passes',
    'WebhookUnavailable',
    'validatingwebhookconfigurations',
  ],
  [
    500,
    undefined,
    'conversion webhook for istio.io/v1, Kind=Sidecar failed: Post "https://istiod.mesh.svc:443/convert": EOF',
    'passes',
    'WebhookUnavailable',
    'Repair the webhook',
  ],
  [
    500,
    'InternalError',
    'admission webhook "validation.gatekeeper.sh" denied the request: internal error',
    'passes',
    'WebhookUnavailable',
    'Repair the webhook',
  ],
  [
    422,
    'Invalid',
    `networkpolicies "a" is forbidden: ${VAP}failed to configure binding: no params found for policy binding with Deny`,
    'passes',
    'AdmissionNotReady',
    'parameters',
  ],
  [403, 'Forbidden', `${VAP}failed to configure policy: failed to find resource`, 'passes', 'AdmissionNotReady', ''],
  [403, 'Forbidden', forbidden('a') + 'not yet ready to handle request', 'passes', 'AdmissionNotReady', 'None needed'],
  [
    403,
    'Forbidden',
    'rolebindings "a" is forbidden: user "w" is attempting to grant RBAC permissions not currently held:',
    'refusal',
    'WriteRefused',
    'Grant the permission',
  ],
  [403, 'Forbidden', forbidden('a') + 'status unknown for quota: q', 'passes', 'WriteConflict', 'None needed'],
  [
    403,
    'Forbidden',
    'resourcequotas "a" is forbidden: exceeded quota: tenant-quota, used: resourcequotas=3',
    'passes',
    'WriteConflict',
    'None needed',
  ],
  [409, 'Conflict', 'Operation cannot be fulfilled on namespaces "a"', 'passes', 'WriteConflict', 'managedFields'],
  [404, 'NotFound', 'namespaces "tn-a" not found', 'passes', 'WriteConflict', 'None needed'],
  [410, 'Expired', 'The provided continue parameter is too old', 'passes', 'WriteConflict', 'None needed'],
  [410, 'Gone', 'too old resource version', 'passes', 'WriteConflict', 'None needed'],
  [
    403,
    'Forbidden',
    'pods "a" is forbidden: unable to create new content in namespace tn-a because it is being terminated',
    'passes',
    'NamespaceTerminating',
    'finalizer',
  ],
] as const)('%i %s: %s', ([status, reason, message, kind, condition, remedy]) => {
  const error = new KubeError(status, { message, ...(reason !== undefined && { reason }) });
  const { reason: code, cause, isRefusal, clusterReachable } = diagnose(error);
  expect({ code, isRefusal, clusterReachable }).toEqual({
    code: condition,
    isRefusal: kind === 'refusal',
    clusterReachable: true,
  });
  expect(cause).toEqual({ code: condition, reason: reason ?? `Status${status}`, httpStatus: status });
  expect(remedyFor(code, cause.reason)).toContain(remedy);
});

test.for([
  ['too many requests', new KubeError(429, { reason: 'TooManyRequests' }, '20'), 20_000, 'overloaded'],
  ['expired credentials', new KubeError(401, { reason: 'Unauthorized' }), null, 'credentials'],
  ['a broken API server', new KubeError(500, { message: 'etcdserver: leader changed' }), null, 'API server'],
  ['an API server that is starting', new KubeError(503, { details: { retryAfterSeconds: 5 } }), 5_000, 'API server'],
  ['a timeout', new KubeError(504, { reason: 'Timeout' }), null, 'API server'],
  ['no answer', new KubeUnreachable('ECONNREFUSED'), null, 'API server'],
] as const)('%s concerns the whole cluster', ([, error, retryAfterMs, remedy]) => {
  const { reason, isRefusal, clusterReachable, cause, ...more } = diagnose(error);
  expect({ reason, isRefusal, clusterReachable }).toEqual({
    reason: 'ClusterUnreachable',
    isRefusal: false,
    clusterReachable: false,
  });
  expect(more).toMatchObject({ retryAfterMs });
  expect(remedyFor(reason, cause.reason)).toContain(remedy);
});

test('a webhook that is down is named, with its Service', () => {
  const message =
    'Internal error occurred: failed calling webhook "v.acme.io": failed to call webhook: Post ' +
    '"https://guard.acme.svc:443/v?timeout=10s": context deadline exceeded';
  expect(diagnose(new KubeError(500, { message })).message).toContain('"v.acme.io" (Service acme/guard) does not work');
  const bare = 'failed calling webhook "v.acme.io"; no further details available';
  expect(diagnose(new KubeError(500, { message: bare })).message).toContain('The webhook "v.acme.io" does not work');
});

test('a cause names a namespace that is being deleted, whatever the message', () => {
  const error = new KubeError(409, { message: 'no', details: { causes: [{ reason: 'NamespaceTerminating' }] } });
  expect(diagnose(error).reason).toBe('NamespaceTerminating');
});

test('a statement that Postgres did not take passes; a text that it cannot store is a defect of the worker', () => {
  const answer = (code: string): Error => Object.assign(new Error('no'), { code });
  expect(diagnose(answer('40P01'))).toMatchObject({ reason: 'DependencyUnavailable', isRefusal: false });
  expect(diagnose(answer('22P05'))).toMatchObject({ reason: 'InternalError', isRefusal: false });
  expect(diagnose(new TypeError('x is undefined'))).toMatchObject({ reason: 'InternalError', isRefusal: false });
});
