import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

import { inject } from 'vitest';

const seen: string[] = [];
const decoder = new StringDecoder('utf8');
let position = 0;
/** The start of an incomplete line. */
let rest = '';

/**
 * Returns all lines so far of the API server's audit log that name the worker. The log becomes large, so each process
 * reads every part of it once.
 */
export function auditedLines(): readonly string[] {
  const file = openSync(inject('auditLog'), 'r');
  try {
    const buffer = Buffer.alloc(fstatSync(file).size - position);
    const length = readSync(file, buffer, 0, buffer.length, position);
    position += length;
    const lines = (rest + decoder.write(buffer.subarray(0, length))).split('\n');
    rest = lines.pop() ?? '';
    seen.push(...lines.filter((line) => line.includes(':bulkhead-worker"')));
  } finally {
    closeSync(file);
  }
  return seen;
}
