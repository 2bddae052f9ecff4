import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { stringify } from 'yaml';

import { type Cluster } from '../cluster.js';
import { eventually } from '../eventually.js';
import { type Istiod } from '../istiod.js';
import { type MeshPod, meshToken, newMeshPod } from '../mesh-pods.js';
import { type PodNetwork } from './pod-network.js';
import { type ProxyPrograms } from './prerequisites.js';

const run = promisify(execFile);
/** User and group of Istio's proxy: their traffic is not redirected to it. */
const PROXY = 1337;
/** Ports of the proxy itself, which Istio's injection excludes. */
const OWN_PORTS = '15090,15021,15020';

/**
 * The access log of a proxy, in the folder of its pod: standard output is a socket here, which Envoy cannot open by
 * file name.
 */
export const ACCESS_LOG = 'access.log';

/** The result of a request. */
export interface Outcome {
  status?: number;
  error?: string;
  /** The caller, as reported by the callee's proxy. */
  caller?: string;
  /** The address at which the callee was reached. */
  address?: string;
}

export interface LivePodOptions {
  cluster: Cluster;
  istiod: Istiod;
  network: PodNetwork;
  /** A folder for all pods of a test that every user can enter. */
  dir: string;
  programs: ProxyPrograms;
  namespace: string;
  app: string;
  ports: number[];
  /** Addresses of names outside the mesh, for the pod and its proxy alike; there is no DNS. */
  names?: Record<string, string>;
}

interface Call {
  host: string;
  port: number;
  name: string;
  certificates?: string | undefined;
  isOutside?: true;
}

/** A running pod: an application and Istio's proxy in a network namespace. */
export class LivePod {
  private readonly children: ChildProcess[] = [];

  private constructor(
    readonly pod: MeshPod,
    private readonly netns: string,
    private readonly dir: string,
    private output = '',
  ) {}

  static async start(options: LivePodOptions): Promise<LivePod> {
    const { cluster, network, namespace, app, ports } = options;
    const { netns, ip } = await network.addPod(options.names);
    const pod = await newMeshPod(cluster, { namespace, app, ip, ports });
    const dir = path.join(options.dir, `${namespace}.${app}`);
    for (const folder of ['var/run/secrets/tokens', 'certificates', 'etc/istio/proxy']) {
      mkdirSync(path.join(dir, folder), { recursive: true });
    }
    writeFileSync(path.join(dir, 'var/run/secrets/tokens/istio-token'), await meshToken(cluster, namespace));
    await run('chown', ['-R', `${PROXY}:${PROXY}`, dir]);
    const live = new LivePod(pod, netns, dir);
    await live.redirect(options);
    live.spawn([process.execPath, path.join(import.meta.dirname, 'echo.mjs'), ...ports.map(String)]);
    live.startProxy(options);
    return live;
  }

  /** Waits until the proxy has its certificate and its configuration. */
  async ready(): Promise<void> {
    await eventually(
      `the proxy of ${this.pod.namespace}/${this.pod.app} is ready`,
      async () => {
        if (this.children.some((child) => child.exitCode !== null)) throw new Error(this.output.slice(-3_000));
        const { stdout } = await this.exec([
          process.execPath,
          '-e',
          "fetch('http://127.0.0.1:15021/healthz/ready').then(r=>console.log(r.status),()=>0)",
        ]);
        const printed = this.output.split('\n').filter((line) => !line.includes('NOT ready'));
        if (stdout.trim() !== '200') throw new Error(`it is not ready:\n${printed.join('\n').slice(-3_000)}`);
        return true;
      },
      60_000,
    );
  }

  /** Calls another application through its Service: the pod's own proxy handles the request. */
  async call(target: MeshPod, port: number): Promise<Outcome> {
    return this.request({ host: target.serviceIp, port, name: nameOf(target, port) });
  }

  /** Calls another pod without the own proxy, in plain text or with its certificate: like an attacker in the pod. */
  callPast(target: MeshPod, port: number, how: 'plain' | 'certificate'): Promise<Outcome> {
    const certificates = how === 'certificate' ? path.join(this.dir, 'certificates') : undefined;
    return this.request({ host: target.ip, port, name: nameOf(target, port), certificates }, PROXY);
  }

  /** Returns the output of the proxy and the application. */
  log(): string {
    return this.output;
  }

  /** Returns the access log of the proxy so far. */
  accessLog(): string {
    return readFileSync(path.join(this.dir, ACCESS_LOG), 'utf8');
  }

  /** Ends all processes in the pod, including those that the agent has started. */
  async stop(): Promise<void> {
    const running = this.children.filter((child) => child.exitCode === null && child.signalCode === null);
    const ended = running.map((child) => once(child, 'exit'));
    const { stdout } = await run('ip', ['netns', 'pids', this.netns]);
    for (const pid of stdout.split('\n').filter((line) => line !== '')) process.kill(Number(pid), 'SIGKILL');
    await Promise.all(ended);
  }

  /** Redirects all traffic of the pod through its proxy, with Istio's own program and rules. */
  private async redirect({ programs }: LivePodOptions): Promise<void> {
    const ports = ['-p', '15001', '-z', '15006', '-b', '*', '-d', OWN_PORTS];
    const rest = ['-u', String(PROXY), '-g', String(PROXY), '-m', 'REDIRECT', '-i', '*', '-x', ''];
    await this.exec([programs.agent, 'istio-iptables', ...ports, ...rest]);
  }

  private startProxy({ istiod, programs }: LivePodOptions): void {
    const { namespace, name, app, ip, labels } = this.pod;
    const config = { discoveryAddress: istiod.address, binaryPath: programs.envoy, concurrency: 1, statusPort: 15_020 };
    const env = {
      PATH: process.env['PATH'],
      POD_NAME: name,
      POD_NAMESPACE: namespace,
      INSTANCE_IP: ip,
      SERVICE_ACCOUNT: 'default',
      CA_ADDR: istiod.address,
      XDS_ROOT_CA: istiod.roots,
      CA_ROOT_CA: istiod.roots,
      PROXY_CONFIG: stringify(config),
      OUTPUT_CERTS: './certificates',
      ISTIO_METAJSON_LABELS: JSON.stringify(labels),
      ISTIO_META_CLUSTER_ID: 'Kubernetes',
      ISTIO_META_INTERCEPTION_MODE: 'REDIRECT',
      ISTIO_META_WORKLOAD_NAME: app,
    };
    const user = ['setpriv', `--reuid=${PROXY}`, `--regid=${PROXY}`, '--clear-groups'];
    this.spawn([...user, programs.agent, 'proxy', 'sidecar', '--templateFile', programs.bootstrap], env);
  }

  private spawn(command: string[], env: NodeJS.ProcessEnv = { PATH: process.env['PATH'] }): void {
    const child = spawn('ip', ['netns', 'exec', this.netns, ...command], {
      cwd: this.dir,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.children.push(child);
  }

  private exec(command: string[]): Promise<{ stdout: string }> {
    return run('ip', ['netns', 'exec', this.netns, ...command], { cwd: this.dir });
  }

  private async request(what: Call, group = 0): Promise<Outcome> {
    const { stdout } = await this.exec([
      // Another user might not have access to the folders of Node and of this repository.
      'setpriv',
      `--regid=${group}`,
      '--clear-groups',
      process.execPath,
      path.join(import.meta.dirname, 'call.mjs'),
      JSON.stringify(what),
    ]);
    const { status, body = '', error } = JSON.parse(stdout) as { status?: number; body?: string; error?: string };
    const caller = /;URI=([^;"\\]+)/.exec(body)?.[1];
    const address = /"address":"(?:::ffff:)?([^"]+)"/.exec(body)?.[1];
    return {
      ...(status && { status }),
      ...(error && { error }),
      ...(caller && { caller }),
      ...(what.isOutside === true && address !== undefined && { address }),
    };
  }

  /** Calls an address outside the mesh under some name, and returns also which address answered. */
  async callOutside(target: { host: string; port: number; name: string }): Promise<Outcome> {
    return this.request({ ...target, isOutside: true });
  }
}

const nameOf = ({ app, namespace }: MeshPod, port: number): string => `${app}.${namespace}.svc.cluster.local:${port}`;
