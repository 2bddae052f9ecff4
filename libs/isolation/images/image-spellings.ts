import { defaultPorts, dockerHubs } from './image-reference.js';

const registry = `'^([^/]*[.:A-Z][^/]*|localhost)/'`;
const withoutPort = (host: string): string =>
  defaultPorts.reduce((text, port) => `${text}.replace(':${port}/', '/')`, `${host}.lowerAscii()`);
const hubs = `[${['', ...dockerHubs].map((host) => `'${host}'`).join(', ')}]`;

/**
 * CEL: the spellings of each image of a list, as `spellingsOf` returns them. Every step names its parts for the next one:
 * CEL in admission policies has no other way to bind a name.
 * @param images CEL of a list of strings
 */
export function imageSpellings(images: string): string {
  return [
    `(${images})`,
    // [path and tag, digest]
    `.map(i, i.matches('^sha256:[0-9a-f]+$') ? ['', '@' + i] : ` +
      `[i.split('@', 2)[0], i.contains('@') ? i.substring(i.indexOf('@')) : ''])`,
    // [path and tag, tag, digest]
    `.map(i, [i[0], i[0].find(':[^:/]*$'), i[1]])`,
    // [path, tag or the default, digest]
    `.map(i, [i[0].substring(0, size(i[0]) - size(i[1])), i[1] == '' && i[2] == '' ? ':latest' : i[1], i[2]])`,
    // [registry as written, path, tag, digest]
    `.map(i, [i[0].find(${registry}), i[0], i[1], i[2]])`,
    // [registry, repository, tag, digest]
    `.map(i, [${withoutPort('i[0]')}, i[1].substring(size(i[0])), i[2], i[3]])`,
    `.map(i, [i[0] in ${hubs} && i[1] != '' ? 'docker.io/' : i[0], i[1], i[2], i[3]])`,
    // [name, tag, digest]
    `.map(i, [i[0] + (i[0] == 'docker.io/' && !i[1].contains('/') ? 'library/' : '') + i[1], i[2], i[3]])`,
    `.map(i, [i[0] + i[1], i[2] == '' ? '' : i[0] + i[2], i[2]])`,
  ].join('');
}

/**
 * CEL: an image has a spelling that a selector names.
 * @param spellings CEL of one item of `imageSpellings`
 * @param selector CEL of one text of `canonicalSelector`
 */
export function isNamedBy(spellings: string, selector: string): string {
  return `(${selector} in ${spellings} || (${selector}.endsWith('/') && ${spellings}[0].startsWith(${selector})))`;
}
