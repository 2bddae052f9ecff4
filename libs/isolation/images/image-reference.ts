/** Reports whether an image matches. */
export type ImageTest = (image: string) => boolean;

/**
 * A reference, a digest alone, or a name prefix that ends in a slash: what `imageTest` can read (distribution/reference,
 * grammar of `reference`).
 */
export const IMAGE_SELECTOR =
  /^(sha256:[0-9a-f]{64}|(?!sha256:)[A-Za-z0-9][\w.:-]*(\/[a-z0-9][\w.-]*)*(\/|(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?))$/;

/** Names of Docker Hub's registry: all of them serve the same images. */
export const dockerHubs = ['index.docker.io/', 'registry-1.docker.io/', 'registry.hub.docker.com/'];

/** Ports at which a registry is asked if its name has none. */
export const defaultPorts = ['443', '80'];

/** The parts of an image reference; null for absent ones. */
interface ImageReference {
  /** With registry and path, as Docker fills them in: `docker.io/library/nginx`. */
  name: string;
  tag: string | null;
  /** `sha256:…` */
  digest: string | null;
}

/**
 * Parses an image reference into its full form. Drops the scheme that runtimes put in front of image ids.
 *
 * The first part of a name is a registry if it has a dot, a colon or an upper-case letter, or is "localhost"
 * (distribution/reference, `splitDockerDomain`). Registries are host names: letter case and a default port make no
 * difference.
 */
function parseImage(text: string): ImageReference {
  const [, rest = '', digest = null] = /^(?:[a-z-]+:\/\/)?([^@]*)(?:@(.*))?$/s.exec(text) ?? [];
  // An image may be called "sha256", too; a digest alone has no other behind it.
  if (digest === null && /^sha256:[0-9a-f]+$/.test(rest)) return { name: '', tag: null, digest: rest };
  const [tag = null] = /:[^:/]*$/.exec(rest) ?? [];
  const path = rest.slice(0, rest.length - (tag?.length ?? 0));
  const fallback = digest === null ? 'latest' : null;
  return { name: fullName(path), tag: tag?.slice(1) ?? fallback, digest };
}

function fullName(path: string): string {
  const { registry, repository } = splitRegistry(path);
  const isOfficial = registry === 'docker.io/' && repository !== '' && !repository.includes('/');
  return `${registry}${isOfficial ? 'library/' : ''}${repository}`;
}

function splitRegistry(path: string): { registry: string; repository: string } {
  const [written = ''] = /^([^/]*[.:A-Z][^/]*|localhost)\//.exec(path) ?? [];
  const host = defaultPorts.reduce((text, port) => text.replace(`:${port}/`, '/'), written.toLowerCase());
  const registry = host === '' || dockerHubs.includes(host) ? 'docker.io/' : host;
  return { registry, repository: path.slice(written.length) };
}

/**
 * Returns the one spelling of a selector to which `spellingsOf` is compared: `name:tag`, `name@digest`, `@digest`, or a
 * prefix with its registry.
 */
export function canonicalSelector(selector: string): string {
  if (selector.endsWith('/')) {
    const { registry, repository } = splitRegistry(selector);
    return `${registry}${repository}`;
  }
  const { name, tag, digest } = parseImage(selector);
  return digest === null ? `${name}:${tag ?? ''}` : `${name}@${digest}`;
}

/**
 * Returns everything by which an image can be named: its name with its tag (without one for an image by digest alone),
 * its name with its digest, and its digest; the latter two are empty for an image without a digest.
 * `imageSpellings` is the same in CEL.
 */
export function spellingsOf(image: string): readonly [string, string, string] {
  const { name, tag, digest } = parseImage(image);
  const named = tag === null ? name : `${name}:${tag}`;
  return digest === null ? [named, '', ''] : [named, `${name}@${digest}`, `@${digest}`];
}

/**
 * Compiles an image of a selector. A digest alone matches every image with it; a text that ends in a slash matches
 * every image whose name begins with it; a name with a digest matches both, with any tag; otherwise name and tag must
 * match, whatever digest follows them.
 */
export function imageTest(selector: string): ImageTest {
  const sought = canonicalSelector(selector);
  return (image) => {
    const spellings = spellingsOf(image);
    return sought.endsWith('/') ? spellings[0].startsWith(sought) : spellings.includes(sought);
  };
}
