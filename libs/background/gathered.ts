/** Maximum number of items per call. */
const MOST = 64;
/** A call that takes longer than this no longer blocks the next one. */
const PATIENCE_MS = 500;

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Batches calls ("group commit"): items that arrive during a call are sent together in the next one. A single item is
 * sent at once, and a hanging call delays the next one only briefly.
 */
export class Gathered<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private isCalling = false;

  /**
   * @param call returns one result per item, in order, or rejects without any effect. It must be idempotent per item:
   * it can   reject although it was carried out, for example if the connection is lost.
   */
  constructor(private readonly call: (items: Item[]) => Promise<Result[]>) {}

  /** Returns the result of one item. @throws the error of a call with this item alone */
  ask(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (!this.isCalling) void this.callUntilNobodyWaits();
    });
  }

  private async callUntilNobodyWaits(): Promise<void> {
    this.isCalling = true;
    while (this.waiting.length > 0) await withinPatience(this.answer(this.waiting.splice(0, MOST)));
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
      // One failing item must not fail the others.
      else await Promise.all(together.map((each) => this.answer([each])));
    }
  }
}

/** Resolves when the work is done, or when it has taken too long to wait for. */
export async function withinPatience(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}
