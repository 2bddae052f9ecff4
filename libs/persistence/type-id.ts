import { TypeID } from 'typeid-js';
import { type ValueTransformer } from 'typeorm';

/**
 * Ids are TypeIDs (`tenant_01h…`: a prefix and a UUIDv7 in base32) outside of the database and `uuid` inside it. UUIDv7
 * sorts by creation time, so ids also serve as page cursors.
 */
export type IdPrefix =
  | 'tenant'
  | 'op'
  | 'key'
  | 'cluster'
  | 'preview'
  | 'rollout'
  | 'hold'
  | 'quarantine'
  | 'check'
  | 'shift'
  | 'link'
  | 'rule'
  | 'audit'
  | 'member'
  | 'invitation';

/** Returns a new id, e.g. `tenant_01jd…`. */
export function newId(prefix: IdPrefix): string {
  return new TypeID(prefix).toString();
}

/** Returns the uuid of a TypeID with this prefix; null if the text is not one. */
export function uuidOf(prefix: IdPrefix, id: string): string | null {
  try {
    return TypeID.fromString(id, prefix).toUUID();
  } catch {
    return null;
  }
}

/** Returns the TypeID of a uuid from the database. */
export function idOf(prefix: IdPrefix, uuid: string): string {
  return TypeID.fromUUID(prefix, uuid).toString();
}

/** Returns a transformer for `@Column`: TypeID in the entity, uuid in the table. */
export function typeIdTransformer(prefix: IdPrefix): ValueTransformer {
  return {
    to: (id: unknown): unknown => (typeof id === 'string' ? TypeID.fromString(id, prefix).toUUID() : id),
    from: (uuid: unknown): unknown => (typeof uuid === 'string' ? idOf(prefix, uuid) : uuid),
  };
}

/** The uuid of a new id, for rows that a statement inserts. */
export function newUuid(prefix: IdPrefix): string {
  return new TypeID(prefix).toUUID();
}
