import { AdmissionregistrationV1Api, KubeConfig } from '@kubernetes/client-node';
import { inject } from 'vitest';

import { type Cluster } from './cluster.js';
import { eventually } from './eventually.js';

/**
 * A real ValidatingAdmissionPolicy that refuses LimitRanges in one namespace, like a guardrail of the cluster's owner:
 * with 422 and the reason `Invalid`.
 */
export class Refusal {
  private constructor(
    private readonly cluster: Cluster,
    private readonly admission: AdmissionregistrationV1Api,
    private readonly name: string,
  ) {}

  /** Resolves once it is in force. */
  static async inNamespace(cluster: Cluster, namespace: string): Promise<Refusal> {
    const config = new KubeConfig();
    config.loadFromFile(inject('adminKubeconfig'));
    const refusal = new Refusal(cluster, config.makeApiClient(AdmissionregistrationV1Api), `refuse-${namespace}`);
    await refusal.impose(namespace);
    return refusal;
  }

  /** Resolves once it is no longer in force. */
  async lift(): Promise<void> {
    await this.admission.deleteValidatingAdmissionPolicyBinding({ name: this.name });
    await this.admission.deleteValidatingAdmissionPolicy({ name: this.name });
    await eventually('the policy is not in force', async () => !(await this.inForce()));
  }

  private async impose(namespace: string): Promise<void> {
    const { name } = this;
    const limitRanges = {
      apiGroups: [''],
      apiVersions: ['v1'],
      resources: ['limitranges'],
      operations: ['CREATE', 'UPDATE'],
    };
    await this.admission.createValidatingAdmissionPolicy({
      body: {
        metadata: { name },
        spec: {
          matchConstraints: { resourceRules: [limitRanges] },
          matchConditions: [
            { name: 'place', expression: `request.namespace == '${namespace}' || object.metadata.name == '${name}'` },
          ],
          validations: [{ expression: 'false', message: `no limits in ${namespace}` }],
        },
      },
    });
    await this.admission.createValidatingAdmissionPolicyBinding({
      body: { metadata: { name }, spec: { policyName: name, validationActions: ['Deny'] } },
    });
    await eventually('the policy is in force', () => this.inForce());
  }

  /** Tries to create an object with the policy's name, as a dry run. */
  private async inForce(): Promise<boolean> {
    const body = { metadata: { name: this.name }, spec: { limits: [] } };
    try {
      await this.cluster.core.createNamespacedLimitRange({ namespace: 'default', dryRun: 'All', body });
      return false;
    } catch (error) {
      return (error as { code?: number }).code === 422;
    }
  }
}
