import { type KubernetesObject, type TriedWrite } from '#isolation';
import {
  type KubeClient,
  type LiveObject,
  type ObjectKey,
  type Permission,
  type ServedResource,
  type Subject,
  type TrialAnswer,
  type TrialClient,
} from '#kube';

/** Sends and counts the requests of one run. A question of several checks is sent once. */
export class TrialRun {
  /** Requests sent to the API server. */
  requests = 0;
  private readonly tried = new Map<string, Promise<TrialAnswer>>();
  private readonly reviewed = new Map<string, Promise<boolean>>();

  constructor(
    private readonly trials: TrialClient,
    private readonly kube: KubeClient,
  ) {}

  /** @throws as `TrialClient.try` */
  try(write: TriedWrite): Promise<TrialAnswer> {
    return this.once(this.tried, write, () => this.trials.try(write));
  }

  /** @throws as `TrialClient.review` */
  may(subject: Subject, permission: Permission): Promise<boolean> {
    return this.once(this.reviewed, { subject, permission }, () => this.trials.review(subject, permission));
  }

  served(): Promise<ServedResource[]> {
    this.requests += 2;
    return this.trials.served();
  }

  /** The object; null when it does not exist. */
  get(key: ObjectKey): Promise<LiveObject | null> {
    this.requests += 1;
    return this.kube.get(key);
  }

  /** All objects of a kind in a namespace. */
  list(kind: Pick<ObjectKey, 'apiVersion' | 'kind' | 'namespace'>): Promise<LiveObject[]> {
    this.requests += 1;
    return this.kube.list(kind, '');
  }

  /** Reads a list of a kind that Bulkhead does not manage. */
  async items(path: string): Promise<unknown[]> {
    this.requests += 1;
    return ((await this.kube.read(path)) as { items?: unknown[] } | null)?.items ?? [];
  }

  /** Applies an object as a dry run, as the worker. @throws KubeError */
  tryApply(object: KubernetesObject): Promise<LiveObject> {
    this.requests += 1;
    return this.kube.tryApply(object);
  }

  private once<T>(known: Map<string, Promise<T>>, question: object, ask: () => Promise<T>): Promise<T> {
    const key = JSON.stringify(question);
    const answer = known.get(key);
    if (answer !== undefined) return answer;
    this.requests += 1;
    const asked = ask();
    known.set(key, asked);
    return asked;
  }
}
