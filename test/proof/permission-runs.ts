import { type KubeClient, type TrialClient } from '#kube';
import { TrialRun } from '#proof/worker';

/** A run that writes down which permissions were granted. */
export class RecordedRun extends TrialRun {
  readonly granted = new Set<string>();

  override async may(...review: Parameters<TrialRun['may']>): Promise<boolean> {
    const isGranted = await super.may(...review);
    if (isGranted) this.granted.add(JSON.stringify(review));
    return isGranted;
  }
}

/**
 * A run while a role or binding is missing. RBAC only adds permissions, so what was denied with all roles and bindings
 * is denied without one of them: only what was granted, one permission in several, is reviewed again.
 */
export class RunWithLess extends TrialRun {
  /** @param granted by a `RecordedRun` with all roles and bindings */
  constructor(
    trials: TrialClient,
    kube: KubeClient,
    private readonly granted: ReadonlySet<string>,
  ) {
    super(trials, kube);
  }

  override may(...review: Parameters<TrialRun['may']>): Promise<boolean> {
    return this.granted.has(JSON.stringify(review)) ? super.may(...review) : Promise.resolve(false);
  }
}
