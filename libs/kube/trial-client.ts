import { PROVER, PROVER_ACCOUNT } from '#isolation';
import { classify } from '#problems';

import { type Credentials } from './credentials.js';
import { DISCOVERY_ACCEPT, type GroupDiscoveryList, type ServedResource, servedResources } from './discovery.js';
import { isAuthorizationFailure, KubeError } from './kube-error.js';
import { type KubeRequest, Transport } from './transport.js';

/** A write that is only tried, never stored. */
export interface Write {
  verb: 'create' | 'patch' | 'delete' | 'deletecollection';
  /** `v1`, or group and version. */
  apiVersion: string;
  /** Plural name. */
  resource: string;
  /** Absent for cluster-scoped objects. */
  namespace?: string;
  /** Absent for `create` and `deletecollection`. */
  name?: string;
  /** The object for `create`, a merge patch (RFC 7396) for `patch`. */
  body?: object;
}

/** The API server's answer to a write. */
export type TrialAnswer =
  | { outcome: 'admitted'; object: Record<string, unknown> }
  /** The object to change or delete does not exist. */
  | { outcome: 'missing'; message: string }
  | { outcome: 'refused'; message: string };

/** A user and its groups, as the authorizer knows them. */
export interface Subject {
  user: string;
  groups: readonly string[];
}

/** A permission to review (authorization.k8s.io/v1, ResourceAttributes). */
export interface Permission {
  verb: string;
  group: string;
  resource: string;
  /** Absent: the object itself. */
  subresource?: string;
  /** Absent: all namespaces, or a cluster-scoped object. */
  namespace?: string;
  /** Absent: any. */
  name?: string;
}

/** The prover lacks its rights: the rights in the worker's file are not in force. */
export class MissingTrialRights extends Error {
  override readonly name = 'MissingTrialRights';
}

/** Asks an API server what it would admit. No request stores anything. */
export class TrialClient {
  private readonly transport: Transport;

  /** @param onUnreachable called whenever a request gets no answer */
  constructor(credentials: Credentials, onUnreachable?: () => void) {
    this.transport = new Transport(credentials, onUnreachable);
  }

  /**
   * The audiences of tokens that the API server accepts as its own: a token that is requested without any is for all of
   * them (TokenRequest). The token that comes with the answer is dropped.
   * @returns null if the worker has no right to ask
   * @throws KubeError, KubeUnreachable
   */
  async audiences(): Promise<string[] | null> {
    const { namespace, name } = PROVER_ACCOUNT;
    const question = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } };
    try {
      const answer = await this.transport.send({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
        body: question,
      });
      return (answer as { spec: { audiences: string[] } }).spec.audiences;
    } catch (error) {
      if (error instanceof KubeError && (error.httpStatus === 403 || error.httpStatus === 404)) return null;
      throw error;
    }
  }

  /**
   * Tries a write as the prover, including all of admission; nothing is stored.
   * @throws MissingTrialRights
   * @throws KubeError, KubeUnreachable when the question was not answered
   */
  async try({ verb, body, ...target }: Write): Promise<TrialAnswer> {
    const method = ({ create: 'POST', patch: 'PATCH', delete: 'DELETE', deletecollection: 'DELETE' } as const)[verb];
    const request: KubeRequest = {
      method,
      path: pathOf(target),
      query: { dryRun: 'All', fieldValidation: 'Strict', fieldManager: 'bulkhead-prover' },
      headers: { 'impersonate-user': PROVER },
      ...(verb === 'patch' && { contentType: 'application/merge-patch+json' }),
      ...(body !== undefined && { body }),
    };
    if (method === 'DELETE') request.query = { dryRun: 'All' };
    try {
      return { outcome: 'admitted', object: (await this.transport.send(request)) as Record<string, unknown> };
    } catch (error) {
      return refusalOf(error);
    }
  }

  /**
   * Reports whether the API server's authorizer allows a subject to do something.
   * @throws KubeError, KubeUnreachable
   */
  async review(subject: Subject, permission: Permission): Promise<boolean> {
    const { status } = (await this.transport.send({
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { ...subject, resourceAttributes: permission },
      },
    })) as { status: { allowed: boolean } };
    return status.allowed;
  }

  /** Returns everything that the API server serves, including subresources. */
  async served(): Promise<ServedResource[]> {
    const read = (path: string): Promise<unknown> =>
      this.transport.send({ method: 'GET', path, headers: { accept: DISCOVERY_ACCEPT } });
    const documents = (await Promise.all(['/api', '/apis'].map(read))) as GroupDiscoveryList[];
    return documents.flatMap(servedResources);
  }

  /** Aborts all requests under way, as if the connection were lost. */
  async cutOff(): Promise<void> {
    await this.transport.destroy();
  }

  /** Closes the connections once the requests under way have ended. */
  async close(): Promise<void> {
    await this.transport.close();
  }
}

function pathOf({ apiVersion, resource, namespace, name }: Omit<Write, 'verb' | 'body'>): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `${root}${scope}/${resource}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

/** Refusals that say nothing about the write: whether it would be admitted is not known. */
const undecided: ReadonlySet<string> = new Set([
  'admission-starting',
  'policy-without-parameters',
  'webhook-unreachable',
  'webhook-failed',
]);

function refusalOf(error: unknown): TrialAnswer {
  if (!(error instanceof KubeError) || ![400, 403, 404, 409, 422].includes(error.httpStatus)) throw error;
  if (undecided.has(classify(error).name)) throw error;
  const { message } = error;
  if (isAuthorizationFailure(error) || message.includes('cannot impersonate')) throw new MissingTrialRights(message);
  return { outcome: error.httpStatus === 404 ? 'missing' : 'refused', message };
}
