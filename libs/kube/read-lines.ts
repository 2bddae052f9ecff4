import { type Readable } from 'node:stream';

/** The connection was lost in the middle of an answer; the cause says how. */
export class BrokenStream extends Error {}

/**
 * Calls `onLine` with each line that is not empty, until the stream ends.
 * @throws BrokenStream; the error that `onLine` threw
 */
export function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: string): void => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      try {
        for (const line of lines) if (line !== '') onLine(line);
      } catch (error) {
        stream.off('data', read);
        reject(error instanceof Error ? error : new Error(String(error)));
        stream.destroy();
      }
    };
    stream.on('error', (error) => {
      reject(new BrokenStream('the answer broke off', { cause: error }));
    });
    stream.on('end', resolve).setEncoding('utf8').on('data', read);
  });
}
