/**
 * Looks things up, once for all who ask at the same time. Who asks while a look-up is under way is answered by the
 * next one: nobody gets what was read before they asked, so a revoked key is refused at once however busy the API is.
 */
export class SharedLookups<T> {
  private readonly running = new Map<string, Promise<T>>();
  private readonly following = new Map<string, Promise<T>>();

  constructor(private readonly lookUp: (key: string) => Promise<T>) {}

  /** What a look-up finds that begins after this call. */
  async get(key: string): Promise<T> {
    const running = this.running.get(key);
    if (running === undefined) return this.begin(key);
    const known = this.following.get(key);
    if (known !== undefined) return known;
    const next = running
      .catch(() => undefined)
      .then(() => {
        this.following.delete(key);
        return this.begin(key);
      });
    this.following.set(key, next);
    return next;
  }

  private begin(key: string): Promise<T> {
    const found = this.lookUp(key).finally(() => {
      if (this.running.get(key) === found) this.running.delete(key);
    });
    this.running.set(key, found);
    return found;
  }
}
