import { type IsolationReport } from '#certificates';

const word = 'system:serviceaccount:tn-acme-production-eu-west:default';

/** A report with one failed check, whose evidence has long words. */
export const sampleReport: IsolationReport = {
  type: 'bulkhead.io/isolation-report',
  version: 1,
  id: 'check_01kab4x2gnem3s6k9t1y4w8zqh',
  requests: 3,
  tenant: { id: 'tenant_01kab4x2fqe3n8v6zj5t0w9rsx', slug: 'acme', generation: 2, plan: { id: 'team', version: 1 } },
  namespaces: ['tn-acme', 'tn-acme-production-eu-west-with-a-long-name'],
  identities: [{ kind: 'User', name: word, role: 'tenant-developer' }],
  notAsked: [],
  cluster: { name: 'cluster_01kab4x2g7ekht3s5v9p2j8yfc', apiServerVersion: '1.36.3' },
  startedAt: '2026-11-23T10:00:00.000Z',
  finishedAt: '2026-11-23T10:00:05.000Z',
  summary: { passed: 0, failed: 1, notApplicable: 0 },
  checks: [
    {
      id: 'pods-without-host-access',
      benchmark: 'CIS Kubernetes Benchmark 5.2.4',
      title: 'Pods cannot use the host',
      area: 'pods',
      condition: 'PoliciesEnforced',
      status: 'fail',
      reason: `The answer was not expected: ${word.repeat(3)}`,
      asked: 1,
      evidence: [
        {
          as: word,
          request: 'create v1/Pod in tn-acme-production-eu-west-with-a-long-name (dry run)',
          detail: { spec: { hostPID: true, serviceAccountName: word } },
          answer: `pods "x" is forbidden: ${word.repeat(4)}`,
          expected: 'no',
          control: false,
          asExpected: false,
        },
      ],
    },
  ],
};
