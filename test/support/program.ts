import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** The environment of every program. Tests start hundreds of programs, so Node's compile cache is kept. */
const common = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: path.join(root, 'node_modules/.cache/node') };

/** A process of the built product, as users run it. */
export interface Program {
  readonly pid: number;
  /** Returns its output so far. */
  output(): string;
  /** Stops it and waits. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/**
 * Starts `dist/<file>` and waits for a line that contains `ready`.
 * @param folder that contains `dist`
 * @throws with the program's output when it ends first
 */
export async function startProgram(
  file: string,
  env: Record<string, string>,
  ready: string,
  folder = root,
): Promise<Program> {
  const child = spawn(process.execPath, [path.join(folder, 'dist', file)], {
    env: { ...common, BULKHEAD_EXIT_WITH_STDIN: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes(ready)) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then(() => {
      reject(new Error(`${file} ended before it was ready:\n${output}`));
    });
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    stop: (signal) => stop(child, ended, signal),
    signal: (name) => void child.kill(name),
  };
}

/** Runs `dist/<file>` to completion and returns its output. */
export async function runProgram(
  file: string,
  args: string[],
  env: Record<string, string>,
  folder = root,
): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [path.join(folder, 'dist', file), ...args], {
    env: { ...common, ...env },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code: code ?? -1, output };
}

/**
 * Returns a free port, below those that the system gives to connections: one of these could be taken before the program
 * that is to listen has started.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    const server = createServer();
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return port;
    } catch {
      // It is taken.
    } finally {
      server.close();
    }
  }
}

async function stop(child: ChildProcess, ended: Promise<unknown>, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  // A stopped process receives the signal only after it continues.
  child.kill('SIGCONT');
  await ended;
}
