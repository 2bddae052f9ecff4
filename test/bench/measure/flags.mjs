import { parseArgs } from 'node:util';
import { Failure } from '../../../dev/failure.mjs';

/**
 * Parses the flags of a bench. A flag whose default is a number takes a positive integer, any other takes a string.
 * @param {string[]} args
 * @param {Record<string, number | string>} defaults by name, such as `{tenants: 100, plan: 'team'}`
 */
export function readFlags(args, defaults) {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: 'string' }]));
  const { values } = parseArgs({ args, options });
  return Object.fromEntries(
    Object.entries(defaults).map(([name, fallback]) => {
      const text = values[name];
      if (text === undefined) return [name, fallback];
      return [name, typeof fallback === 'number' ? positive(name, text) : text];
    }),
  );
}

function positive(name, text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new Failure(`--${name} must be a positive integer, not "${text}".`);
  }
  return number;
}
