import { Answerers } from '#questions';
import { type PolicyFindings, type PolicyQuestion } from '#tenancy';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type PolicySpec } from '../rule/policy-spec.js';
import { PolicyAuditor } from './policy-auditor.js';

/** Answers the API's question which existing objects a version of a policy would refuse. */
@Injectable()
export class PolicyAnswerer {
  constructor(
    answerers: Answerers,
    private readonly dataSource: DataSource,
    private readonly auditor: PolicyAuditor,
  ) {
    answerers.register('policy', async (policyId, question: PolicyQuestion) => {
      return { result: await this.findings(policyId, question), token: null };
    });
  }

  private async findings(id: string, { version, tenants }: PolicyQuestion): Promise<PolicyFindings> {
    const [row] = await this.dataSource.query<{ spec: PolicySpec; now: Date }[]>(
      'SELECT spec, now() FROM policy_versions WHERE policy_id = $1 AND version = $2',
      [id, version],
    );
    if (row === undefined) throw new Error(`there is no policy ${id}`);
    return this.auditor.look(row.spec, tenants, row.now);
  }
}
