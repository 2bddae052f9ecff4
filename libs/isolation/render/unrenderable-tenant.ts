/** No object set can be computed from a tenant's desired state; an older release may have accepted it. */
export class UnrenderableTenant extends Error {
  override readonly name = 'UnrenderableTenant';

  constructor(
    readonly tenant: { id: string; slug: string },
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`The objects of the tenant "${tenant.slug}" cannot be rendered: ${reason}`, { cause });
  }
}

/** Renders something of a tenant. @throws UnrenderableTenant for any error, so that it can be told from other errors */
export function rendering<T>({ id, slug }: { id: string; slug: string }, render: () => T): T {
  try {
    return render();
  } catch (error) {
    throw error instanceof UnrenderableTenant ? error : new UnrenderableTenant({ id, slug }, error);
  }
}
