import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import {
  type KubernetesObject,
  type V1Container,
  type V1PodSpec,
  type V1PodTemplateSpec,
} from '@kubernetes/client-node';
import { inject } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { helmBinary } from '../../dev/go-binaries.mjs';
import { kubeRequest } from '../../dev/kube-request.mjs';

export type Manifest = KubernetesObject & { kind: string; metadata: { name: string; namespace?: string } };

const chart = path.resolve(import.meta.dirname, '../../deploy/helm/bulkhead');

/** The real Helm on the product's chart, with a separate home. */
export class Helm {
  private constructor(
    private readonly binary: string,
    private readonly home: string,
  ) {}

  static async start(): Promise<Helm> {
    return new Helm(await helmBinary(), mkdtempSync(path.join(inject('temporaryFolder'), 'helm-')));
  }

  /** Lints the chart; fails if Helm finds a problem. */
  async lint(values: object): Promise<string> {
    return this.run(['lint', chart, '--strict', '--namespace', 'bulkhead-system', '--values', this.file(values)]);
  }

  /**
   * Returns the objects of a release named `bulkhead`, including hooks.
   * @throws with Helm's message for rejected values
   */
  async template(values: object, namespace = 'bulkhead-system'): Promise<Manifest[]> {
    const release = ['template', 'bulkhead', chart, '--namespace', namespace, '--kube-version', '1.36.0'];
    const text = await this.run([...release, '--values', this.file(values)]);
    return parseAllDocuments(text, { merge: true })
      .map((document) => document.toJS() as Manifest | null)
      .filter((object) => object !== null);
  }

  private file(values: object): string {
    const file = path.join(mkdtempSync(path.join(this.home, 'values-')), 'values.yaml');
    writeFileSync(file, JSON.stringify(values));
    return file;
  }

  private run(args: readonly string[]): Promise<string> {
    const env = { PATH: process.env['PATH'], HOME: this.home };
    return new Promise((resolve, reject) => {
      execFile(this.binary, args, { env }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${stdout}${stderr}`));
      });
    });
  }
}

/** Returns the pod template of an object; undefined if it has none. */
export function podTemplateOf(object: Manifest): V1PodTemplateSpec | undefined {
  return (object as { spec?: { template?: V1PodTemplateSpec } }).spec?.template;
}

/** Contents of Secrets and ConfigMaps: by name, then by key. */
export type Contents = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Returns the environment of a container for a process on this machine: the files of its volumes are written below
 * `folder`, and variables with their paths are adapted.
 */
export function environmentIn(
  folder: string,
  { volumes = [] }: V1PodSpec,
  container: V1Container,
  contents: Contents,
): Record<string, string> {
  const at = (file: string): string => path.join(folder, file);
  for (const { name, mountPath } of container.volumeMounts ?? []) {
    const volume = volumes.find((each) => each.name === name);
    mkdirSync(at(mountPath), { recursive: true });
    const source = volume?.secret?.secretName ?? volume?.configMap?.name;
    if (source === undefined) continue;
    const data = contents[source];
    if (data === undefined) throw new Error(`${source} has no content`);
    const items = volume?.secret?.items ?? Object.keys(data).map((key) => ({ key, path: key }));
    for (const item of items) writeFileSync(path.join(at(mountPath), item.path), data[item.key] ?? '');
  }
  return Object.fromEntries(
    (container.env ?? []).map(({ name, value = '' }) => [name, value.startsWith('/etc/bulkhead/') ? at(value) : value]),
  );
}

/**
 * Sends an object to the API server exactly as written (the official client drops fields that it does not know), as a
 * server-side apply in dry-run mode. Returns `{status, body}`.
 * @param kubeconfig an administrator's, with a token
 */
export function tryApply(kubeconfig: string, object: Manifest): Promise<{ status: number; body: unknown }> {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as {
    clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
    users: { user: { token: string } }[];
  };
  const cluster = clusters[0]?.cluster;
  const server = {
    url: cluster?.server ?? '',
    ca: Buffer.from(cluster?.['certificate-authority-data'] ?? '', 'base64').toString(),
    token: users[0]?.user.token ?? '',
  };
  const { apiVersion = '', kind, metadata } = object;
  const plural = `${kind.toLowerCase()}s`.replace(/ys$/, 'ies').replace(/sss$/, 'sses');
  const place = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  const path = `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}${place}/${plural}/${metadata.name}`;
  const query = 'dryRun=All&fieldManager=helm&force=true&fieldValidation=Strict';
  return kubeRequest(server, 'PATCH', `${path}?${query}`, {
    body: object,
    contentType: 'application/apply-patch+yaml',
  });
}

/** Returns all containers of a pod. */
export function containersOf({ spec }: V1PodTemplateSpec): V1Container[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}
