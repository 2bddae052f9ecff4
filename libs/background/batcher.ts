import pTimeout from 'p-timeout';

/** Most items of one call. */
const MOST = 64;
/** A call that takes longer than this, in milliseconds, no longer holds up the items behind it. */
const PATIENCE_MS = 500;

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Makes one call of many ("group commit"): items that arrive while a call is under way go out together in the next one.
 * A single item goes out at once, and a call that hangs delays the next one only for a moment.
 */
export class Batcher<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private isCalling = false;

  /**
   * @param call answers every item, in order, or does nothing at all and rejects. It must be safe to repeat for an
   *   item: a rejection may be all that came back of a call that was carried out.
   */
  constructor(private readonly call: (items: Item[]) => Promise<Result[]>) {}

  /** Returns the result of one item. @throws what the call threw when this was its only item */
  ask(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.isCalling) void this.callWhileWaiting();
    });
  }

  private async callWhileWaiting(): Promise<void> {
    this.isCalling = true;
    while (this.waiting.length > 0) {
      await pTimeout(this.answer(this.waiting.splice(0, MOST)), { milliseconds: PATIENCE_MS, message: false });
    }
    this.isCalling = false;
  }

  /** Never rejects. */
  private async answer(together: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.call(together.map(({ item }) => item));
      together.forEach(({ resolve }, index) => {
        resolve(results[index] as Result);
      });
    } catch (error) {
      const [only, ...others] = together;
      if (others.length === 0) only?.reject(error);
      // One item that cannot be answered must not fail the others.
      else await Promise.all(together.map((each) => this.answer([each])));
    }
  }
}
