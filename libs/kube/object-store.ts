import { fingerprintOf, type LiveMetadata } from './fingerprint.js';
import { type ObjectKey, objectName, type Resource } from './resources.js';
import { kindName } from './served-kinds.js';

/** What is known about an object without asking the API server. */
export interface CachedObject extends ObjectKey {
  uid: string;
  /** Changes with everything but the status; see `fingerprintOf`. */
  fingerprint: string;
  /** The value of the label by which the objects are grouped. */
  group: string;
  /** True if its deletion was requested. */
  ending: boolean;
}

type Kind = Pick<Resource, 'apiVersion' | 'kind'>;

/** The objects of a cache, by group and name. */
export class ObjectStore {
  private readonly groups = new Map<string, Map<string, CachedObject>>();
  /** The group of each object by its name, by `apiVersion/Kind`. */
  private readonly groupOf = new Map<string, Map<string, string>>();

  constructor(private readonly label: string) {}

  /** Returns the objects of a group, by `objectName`. */
  ofGroup(group: string): ReadonlyMap<string, CachedObject> {
    return this.groups.get(group) ?? nothing;
  }

  /** Stores an object. Returns its group if anything but the status changed. */
  put(kind: Kind, metadata: LiveMetadata): string | null {
    const key = keyOf(kind, metadata);
    const group = metadata.labels?.[this.label] ?? '';
    const [fingerprint, ending] = [fingerprintOf(kind.kind, metadata), metadata.deletionTimestamp !== undefined];
    return this.store({ ...key, uid: metadata.uid, fingerprint, group, ending });
  }

  /** Stores an object whose fingerprint is known, if it has the label. */
  putKnown(kind: Kind, metadata: LiveMetadata, fingerprint: string): void {
    const group = metadata.labels?.[this.label];
    const [key, ending] = [keyOf(kind, metadata), metadata.deletionTimestamp !== undefined];
    if (group !== undefined) this.store({ ...key, uid: metadata.uid, fingerprint, group, ending });
  }

  /** Removes an object. Returns its group if it was known. */
  remove(kind: Kind, name: string): string | null {
    const names = this.namesOf(kind);
    const group = names.get(name);
    if (group === undefined) return null;
    names.delete(name);
    const members = this.groups.get(group);
    members?.delete(name);
    if (members?.size === 0) this.groups.delete(group);
    return group;
  }

  /** Removes the objects of a kind except those of these names. Returns the groups that changed. */
  keepOnly(kind: Kind, names: ReadonlySet<string>): Set<string> {
    const gone = [...this.namesOf(kind).keys()].filter((name) => !names.has(name));
    return new Set(gone.flatMap((name) => this.remove(kind, name) ?? []));
  }

  private store(object: CachedObject): string | null {
    const name = objectName(object);
    const { group, uid, fingerprint } = object;
    const names = this.namesOf(object);
    const before = names.get(name);
    if (before !== undefined && before !== group) this.remove(object, name);
    const members = this.groups.get(group) ?? new Map<string, CachedObject>();
    const known = members.get(name);
    if (known?.fingerprint === fingerprint && known.uid === uid) return null;
    members.set(name, object);
    this.groups.set(group, members);
    names.set(name, group);
    return group;
  }

  private namesOf(kind: Kind): Map<string, string> {
    const found = this.groupOf.get(kindName(kind));
    if (found !== undefined) return found;
    const names = new Map<string, string>();
    this.groupOf.set(kindName(kind), names);
    return names;
  }
}

const nothing: ReadonlyMap<string, CachedObject> = new Map();

/** The key of an object of a kind, of which only the metadata is known. */
export function keyOf({ apiVersion, kind }: Kind, { namespace = '', name }: LiveMetadata): ObjectKey {
  return { apiVersion, kind, namespace, name };
}
