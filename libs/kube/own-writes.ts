/**
 * Writes of this process to objects of one kind whose events have not arrived yet. The cache already has the objects as
 * they were written, so that these events, and older ones of the same objects, have nothing to add.
 */
export class OwnWrites {
  /** The name of the object by the version that the write produced, oldest first. A version belongs to one object. */
  private readonly names = new Map<string, string>();
  /** The version of the last write, by the object's name. */
  private readonly versions = new Map<string, string>();

  add(name: string, version: string): void {
    this.names.set(version, name);
    this.versions.set(name, version);
  }

  /** Reports whether a version was produced by one of the writes. */
  has(version: string): boolean {
    return this.names.has(version);
  }

  /** Reports whether the last write to an object is newer than a version of it. */
  isNewer(name: string, version: string): boolean {
    const own = this.versions.get(name);
    return own !== undefined && own !== version && isAtLeast(own, version);
  }

  /** Forgets the writes up to a version: their events have arrived. */
  reached(version: string): void {
    for (const [own, name] of this.names) {
      if (!isAtLeast(version, own)) return;
      this.names.delete(own);
      if (this.versions.get(name) === own) this.versions.delete(name);
    }
  }

  clear(): void {
    this.names.clear();
    this.versions.clear();
  }
}

/** Reports whether a resource version is not older than another one of the same kind (KEP-5504). */
export function isAtLeast(version: string, other: string): boolean {
  return version.length === other.length ? version >= other : version.length > other.length;
}
