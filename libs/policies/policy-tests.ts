import { type PolicyFindings, PreviewsService } from '#tenancy';
import { Injectable } from '@nestjs/common';

import { type LibraryRule, policyLibrary } from './rule/library.js';
import { PoliciesService } from './policies.service.js';
import { PolicyJudge, type PolicyReview } from './rule/policy-judge.js';
import { type TestedWrite, testWrites } from './rule/test-writes.js';

/** Tests policies and lists the built-in rules. */
@Injectable()
export class PolicyTests {
  constructor(
    private readonly policies: PoliciesService,
    private readonly judge: PolicyJudge,
    private readonly previews: PreviewsService,
  ) {}

  /**
   * Evaluates writes against a version of a policy; results are in the order of the writes. Those that the policy does not
   * match are allowed, with the reason.
   * @param number version number; undefined for the latest
   * @throws `policy.not_found`, `policy.version_not_found`, `policy.judge_unavailable`
   */
  async run(
    id: string,
    number: number | undefined,
    reviews: readonly PolicyReview[],
  ): Promise<{ version: number; results: TestedWrite[] }> {
    const { version } = await (number === undefined ? this.policies.get(id) : this.policies.getVersion(id, number));
    return { version: version.version, results: await testWrites(this.judge, version.spec, reviews) };
  }

  /**
   * Evaluates the existing objects in the cluster against a version of a policy, through a worker.
   * @param tenants ids of tenants; null for all that the policy targets
   * @throws `policy.not_found`, `policy.version_not_found`, `preview.timeout`, `preview.failed`
   */
  async runLive(
    requestedBy: string,
    id: string,
    {
      version: number,
      tenants,
      waitSeconds,
    }: { version: number | undefined; tenants: string[] | null; waitSeconds: number },
  ): Promise<{ version: number; findings: PolicyFindings }> {
    const { version } = await (number === undefined ? this.policies.get(id) : this.policies.getVersion(id, number));
    const question = { version: version.version, tenants };
    return { version: version.version, findings: await this.previews.ofPolicy(requestedBy, id, question, waitSeconds) };
  }

  /** Lists the built-in rules. */
  library(): Pick<LibraryRule, 'name' | 'description' | 'parameters'>[] {
    return policyLibrary.map(({ name, description, parameters }) => ({ name, description, parameters }));
  }
}
