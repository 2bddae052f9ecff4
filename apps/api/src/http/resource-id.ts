import { type IdPrefix } from '#persistence';
import { z } from 'zod';

/** An id of each kind, for examples. */
export const EXAMPLE_IDS: Readonly<Record<IdPrefix, string>> = {
  tenant: 'tenant_01kab4x2fqe3n8v6zj5t0w9rsx',
  op: 'op_01kab4x2g1fdbv7yk2m8h5c3qa',
  key: 'key_01kab4x2g4f0mrx9tn6d1w7zeb',
  cluster: 'cluster_01kab4x2g7ekht3s5v9p2j8yfc',
  preview: 'preview_01kab4x2gaf6t8wn4c7q1m3rhd',
  rollout: 'rollout_01kab4x2gdfhv2xk9b5s7y6nje',
  hold: 'hold_01kab4x2gge5ymz8d3t6w4p1kf',
  quarantine: 'quarantine_01kab4x2gkf9r7c2n5v8h6jxmg',
  check: 'check_01kab4x2gnem3s6k9t1y4w8zqh',
  shift: 'shift_01kab4x2gqf2w5p8r3d7n9c6vj',
  link: 'link_01kab4x2gtehx4b7m2y9k5t8sk',
  rule: 'rule_01kab4x2h0e2q6r9m4w8t3n7pd',
  member: 'member_4vkdsq5mtx8a7thpsx3xr5rd1g',
  invitation: 'invitation_01kab4x2h3f6tbx5q8w2m7n9kc',
  audit: 'audit_01kab4x2gxf8n1v6j3q7z4d5wm',
};

/** The form of an id (TypeID: prefix and UUIDv7 in Crockford's base32). */
export function resourceId(kind: IdPrefix): RegExp {
  return new RegExp(`^${kind}_[0-7][0-9a-hjkmnp-tv-z]{25}$`);
}

/** Schema of an id in a response. */
export function idSchema(kind: IdPrefix): z.ZodString {
  return z
    .string()
    .regex(resourceId(kind))
    .meta({ examples: [EXAMPLE_IDS[kind]] });
}
