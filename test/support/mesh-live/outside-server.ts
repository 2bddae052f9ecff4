import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

import { type PodNetwork } from './pod-network.js';

/** A server outside the mesh: an application without a proxy, which says at which address it was called. */
export class OutsideServer {
  private constructor(
    readonly ip: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(network: PodNetwork, ports: readonly number[]): Promise<OutsideServer> {
    const { netns, ip } = await network.addPod();
    const program = [process.execPath, path.join(import.meta.dirname, 'echo.mjs'), ...ports.map(String)];
    return new OutsideServer(ip, spawn('ip', ['netns', 'exec', netns, ...program], { stdio: 'ignore' }));
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
