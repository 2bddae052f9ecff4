import { KubeConfig } from '@kubernetes/client-node';
import { Agent, request } from 'undici';
import { inject } from 'vitest';

const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';

/** A client of any path of the API server, as an administrator. */
export class AdminClient {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
  private readonly agent: Agent;

  constructor(kubeconfig = inject('adminKubeconfig')) {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    const cluster = config.getCurrentCluster();
    this.server = cluster?.server ?? '';
    this.ca = Buffer.from(cluster?.caData ?? '', 'base64').toString();
    this.token = config.getCurrentUser()?.token ?? '';
    this.agent = new Agent({ connect: { ca: this.ca }, connections: 16 });
  }

  /** Returns the parsed answer; null for 404 and 405. Lists contain only the metadata of their items. */
  async get<T>(path: string): Promise<T | null> {
    const headers = { authorization: `Bearer ${this.token}`, accept: METADATA_ONLY };
    const { statusCode, body } = await request(this.server + path, { headers, dispatcher: this.agent });
    const text = await body.text();
    if (statusCode === 404 || statusCode === 405) return null;
    if (statusCode !== 200) throw new Error(`GET ${path} answered ${statusCode}: ${text}`);
    return JSON.parse(text) as T;
  }

  async close(): Promise<void> {
    await this.agent.close();
  }
}
