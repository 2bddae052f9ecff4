/**
 * The places for passes of one worker. Of the clusters that it is connected to, none can take the places that are
 * reserved for the others, so that passes that wait for a cluster that does not answer never hold up another one's. A
 * worker with one cluster reserves nothing.
 */
export class Slots {
  private readonly taken = new Map<string, number>();
  private total = 0;

  /**
   * @param size most passes under way at the same time
   * @param clusterIds the clusters that this worker is connected to at the moment
   */
  constructor(
    private readonly size: number,
    private readonly clusterIds: () => readonly string[],
  ) {}

  /** Passes under way. */
  get inUse(): number {
    return this.total;
  }

  /** Free places for passes of a cluster; null: of a cluster that is not known yet, which has none reserved. */
  roomFor(clusterId: string | null): number {
    const reserved = this.reservation();
    const keptFree = this.clusterIds().reduce(
      (sum, id) => (id === clusterId ? sum : sum + Math.max(0, reserved - (this.taken.get(id) ?? 0))),
      0,
    );
    return Math.max(0, this.size - this.total - keptFree);
  }

  /** Takes a place; without regard to room, for a pass that has begun already. */
  take(clusterId: string | null): void {
    this.total += 1;
    if (clusterId !== null) this.taken.set(clusterId, (this.taken.get(clusterId) ?? 0) + 1);
  }

  /** Gives a place back that was taken for the same cluster. */
  giveBack(clusterId: string | null): void {
    this.total -= 1;
    if (clusterId === null) return;
    const left = (this.taken.get(clusterId) ?? 0) - 1;
    if (left > 0) this.taken.set(clusterId, left);
    else this.taken.delete(clusterId);
  }

  /** Places kept for each cluster: half of an equal share, rounded up; together they leave one for anyone. */
  private reservation(): number {
    const clusters = this.clusterIds().length;
    if (clusters <= 1) return 0;
    return Math.min(Math.ceil(this.size / (2 * clusters)), Math.floor((this.size - 1) / clusters));
  }
}
