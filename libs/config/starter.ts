/**
 * Stops the process when its standard input closes, so that it never outlives a parent that was killed: the parent
 * holds the other end of the pipe.
 */
export function stopWithStarter(): void {
  process.stdin.resume();
  process.stdin.once('end', () => process.kill(process.pid, 'SIGTERM'));
  process.stdin.once('error', () => process.kill(process.pid, 'SIGTERM'));
}
