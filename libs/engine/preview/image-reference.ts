/** The parts of an image reference; null for absent ones. */
export interface ImageReference {
  /** With registry and path, as Docker fills them in: `docker.io/library/nginx`. */
  name: string;
  tag: string | null;
  /** `sha256:…` */
  digest: string | null;
}

/** Reports whether an image matches. */
export type ImageTest = (image: string) => boolean;

/**
 * Parses an image reference into its full form (distribution/reference: a first part without a dot, a colon or
 * "localhost" is no registry). Drops the scheme that runtimes put in front of image ids.
 */
export function parseImage(text: string): ImageReference {
  const [rest = '', digest = null] = text.replace(/^[a-z-]+:\/\//, '').split('@', 2);
  if (/^sha256:[0-9a-f]+$/.test(rest)) return { name: '', tag: null, digest: rest };
  const slash = rest.lastIndexOf('/');
  const colon = rest.indexOf(':', slash + 1);
  const path = colon === -1 ? rest : rest.slice(0, colon);
  const tag = colon === -1 ? null : rest.slice(colon + 1);
  return { name: withRegistry(path), tag: tag ?? (digest === null ? 'latest' : null), digest };
}

/**
 * Compiles an image of a selector. A digest alone matches every image with it; a text that ends in a slash matches
 * every image whose name begins with it; a name with a digest matches both, with any tag; otherwise name and tag must
 * match.
 */
export function imageTest(selector: string): ImageTest {
  if (selector.endsWith('/')) {
    const start = withRegistry(`${selector}image`).slice(0, -'image'.length);
    return (image) => parseImage(image).name.startsWith(start);
  }
  const { name, tag, digest } = parseImage(selector);
  return (text) => {
    const image = parseImage(text);
    if (name !== '' && image.name !== name) return false;
    return digest === null ? image.tag === tag : image.digest === digest;
  };
}

function withRegistry(path: string): string {
  const [first = '', ...more] = path.split('/');
  if (more.length > 0 && (/[.:]/.test(first) || first === 'localhost')) return path;
  return more.length === 0 ? `docker.io/library/${path}` : `docker.io/${path}`;
}
