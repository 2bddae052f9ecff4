/**
 * Shares look-ups between concurrent callers. A call during a running look-up gets the result of the next one, never a
 * value read before the call: a revoked key is refused at once, however busy the API is.
 */
export class SharedLookups<T> {
  private readonly running = new Map<string, Promise<T>>();
  private readonly following = new Map<string, Promise<T>>();

  constructor(private readonly lookUp: (key: string) => Promise<T>) {}

  /** Returns the result of a look-up that starts after this call. */
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
