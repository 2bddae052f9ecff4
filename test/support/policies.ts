import { expect } from 'vitest';

import { type ApiClient } from './api-client.js';
import { Bulkhead, newSlug } from './bulkhead.js';

type Answer = Awaited<ReturnType<ApiClient['send']>>;

/** What a test of a policy says of one write. */
interface TestedWrite {
  allowed: boolean;
  matched: boolean;
  unmatchedReason: string | null;
  violations: string[];
}

export const podsOnly = { apiGroups: [''], resources: ['pods'] };
export const anyPod = { expression: 'true', message: 'No.' };

/** A rule in CEL about pods. */
export const cel = (more: object = {}): object => ({ cel: { match: [podsOnly], validations: [anyPod], ...more } });

/** A rule in Rego about pods. */
export const rego = (source: string, more: object = {}): object => ({
  rego: { match: [{ apiGroups: [''], kinds: ['Pod'] }], source, ...more },
});

/** A rule of the library with its parameters. */
export const library = (name: string, parameters: object = {}): object => ({ rule: { library: { name } }, parameters });

/** The creation of a pod with these images. */
export function podOf(images: readonly string[], more: object = {}, containers: object[] = []): object {
  const named = images.map((image, index) => ({ name: `c${index}`, image }));
  const spec = { containers: [...named, ...containers], ...more };
  const metadata = { name: 'p', namespace: 'tn-a' };
  return { resource: 'pods', object: { apiVersion: 'v1', kind: 'Pod', metadata, spec } };
}

/** Policies of an API without a worker, whose cluster is said to have Gatekeeper. */
export class PolicyTrials {
  private constructor(readonly bulkhead: Bulkhead) {}

  static async start(): Promise<PolicyTrials> {
    const bulkhead = await Bulkhead.start();
    await bulkhead.database.query(`UPDATE clusters SET capabilities = '{"gatekeeper": {"present": true}}'`);
    return new PolicyTrials(bulkhead);
  }

  create(body: object, id = newSlug('policy')): Promise<Answer> {
    return this.bulkhead.api.send('POST', '/v1/policies', { id, target: { all: true }, mode: 'audit', ...body });
  }

  async accepted(body: object): Promise<Answer['body'] & { id: string }> {
    const answer = await this.create(body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(202);
    return answer.body as Answer['body'] & { id: string };
  }

  /** Tests a new policy against writes, and forgets the policy. */
  async tested(body: object, ...reviews: object[]): Promise<TestedWrite[]> {
    const { id } = await this.accepted(body);
    const results = await this.testedBy(id, ...reviews);
    await this.bulkhead.database.query('DELETE FROM policies WHERE id = $1', [id]);
    return results;
  }

  async testedBy(id: string, ...reviews: object[]): Promise<TestedWrite[]> {
    const answer = await this.bulkhead.api.send('POST', `/v1/policies/${id}/test`, { reviews });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body['results'] as TestedWrite[];
  }
}
