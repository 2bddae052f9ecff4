/** What an image is named by; null for what is not named. */
export interface ImageReference {
  /** With registry and path, as Docker fills them in: `docker.io/library/nginx`. */
  name: string;
  tag: string | null;
  /** `sha256:…` */
  digest: string | null;
}

/** Whether an image is meant. */
export type ImageTest = (image: string) => boolean;

/**
 * The parts of an image reference, in its full form (distribution/reference: a first part without a dot, a colon or
 * "localhost" is no registry). Runtimes put a scheme in front of ids of images; it is left out.
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
 * What a text of a selector means: a digest alone means every image with it; a text that ends in a slash every image
 * whose name begins so; with a digest in it the name and the digest, whatever the tag; otherwise name and tag.
 */
export function imageTest(wanted: string): ImageTest {
  if (wanted.endsWith('/')) {
    const start = withRegistry(`${wanted}image`).slice(0, -'image'.length);
    return (image) => parseImage(image).name.startsWith(start);
  }
  const { name, tag, digest } = parseImage(wanted);
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
