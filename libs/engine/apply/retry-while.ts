import { type KubeClient } from '#kube';

/**
 * Repeats work while it fails with an error that goes away within moments: ending the pass and coming back would take a
 * second.
 * @param kube its limits also end the pauses
 * @param pausesMs pause before each further attempt, in milliseconds
 * @param isPassing reports whether an error goes away within moments; any other is thrown at once
 */
export async function retryWhile<T>(
  kube: Pick<KubeClient, 'pause'>,
  pausesMs: readonly number[],
  isPassing: (error: unknown) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (const ms of pausesMs) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await kube.pause(ms);
  }
  return work();
}
