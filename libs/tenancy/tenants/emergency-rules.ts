/** SQL for whether the emergency rule `e` selects the tenant `t`, in force or not. */
export const EMERGENCY_SELECTS = `(e.plan_id IS NULL OR e.plan_id = t.plan_id)
  AND (e.labels IS NULL OR t.labels @> e.labels) AND (e.tenant_ids IS NULL OR t.id = ANY(e.tenant_ids))`;

/** SQL for whether the emergency rule `e` is in force. */
export const EMERGENCY_IN_FORCE = 'e.ended_at IS NULL AND (e.expires_at IS NULL OR e.expires_at > now())';
