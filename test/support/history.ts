import { type KubernetesObject } from '@kubernetes/client-node';

import { type ControlPlane } from '../../dev/control-plane.mjs';
import { kubeRequest } from '../../dev/kube-request.mjs';
import { eventually } from './eventually.js';

/** An object in a namespace as it was written or, if null, removed. */
export interface Moment {
  /** The version of the whole store, by which moments of different kinds can be ordered. */
  version: number;
  /** `plural/name` */
  name: string;
  object: KubernetesObject | null;
}

interface WatchLine {
  type: string;
  object: KubernetesObject & { metadata: { name: string; resourceVersion: string } };
}

/**
 * All events of collections since they were listed, in order. They are requested afterwards: the API server keeps
 * events for minutes, and a watch that starts in the past receives all of them.
 */
export class History {
  private constructor(
    private readonly plane: ControlPlane,
    private readonly begins: ReadonlyMap<string, string>,
    readonly before: readonly Moment[],
  ) {}

  /** @param paths of collections, such as `/api/v1/namespaces/tn-a/configmaps` */
  static async begin(plane: ControlPlane, paths: readonly string[]): Promise<History> {
    const begins = new Map<string, string>();
    const before: Moment[] = [];
    for (const path of paths) {
      // The API server answers 429 for a new kind.
      const { body } = await eventually(`${path} can be listed`, async () => {
        const answer = await kubeRequest(serverOf(plane), 'GET', path);
        return answer.status === 200 ? answer : false;
      });
      const list = body as { metadata: { resourceVersion: string }; items: WatchLine['object'][] };
      begins.set(path, list.metadata.resourceVersion);
      before.push(...list.items.map((object) => momentOf(path, 'ADDED', object)));
    }
    return new History(plane, begins, before);
  }

  async since(): Promise<Moment[]> {
    const lists = await Promise.all(
      [...this.begins].map(async ([path, resourceVersion]) => {
        const query = `watch=1&timeoutSeconds=2&resourceVersion=${resourceVersion}`;
        const { body } = await kubeRequest(serverOf(this.plane), 'GET', `${path}?${query}`);
        const lines =
          typeof body === 'string' ? body.split('\n').filter((line) => line !== '') : [JSON.stringify(body)];
        return lines
          .map((line) => JSON.parse(line) as WatchLine)
          .filter(({ type }) => ['ADDED', 'MODIFIED', 'DELETED'].includes(type))
          .map(({ type, object }) => momentOf(path, type, object));
      }),
    );
    return lists.flat().sort((a, b) => a.version - b.version);
  }
}

function momentOf(path: string, type: string, object: WatchLine['object']): Moment {
  const { name, resourceVersion } = object.metadata;
  const plural = path.split('/').at(-1) ?? '';
  return { version: Number(resourceVersion), name: `${plural}/${name}`, object: type === 'DELETED' ? null : object };
}

function serverOf({ url, ca, adminToken }: ControlPlane): { url: string; ca: string; token: string } {
  return { url, ca, token: adminToken };
}
