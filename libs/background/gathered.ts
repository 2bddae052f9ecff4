/** Items that one call takes at most. */
const MOST = 64;
/** What takes longer than this, in milliseconds, no longer holds up those that wait behind it. */
const PATIENCE_MS = 500;

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Makes one call of many ("group commit"): what is asked for while a call is under way goes out together in the next one.
 * Whoever asks alone waits for nobody, and nobody waits long for a call that hangs.
 */
export class Gathered<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private isCalling = false;

  /**
   * @param call answers each item, in their order, or does nothing at all and rejects. What it does for an item must not be
   *   wrong when it is done twice: a rejection may be all that came back of a call that was carried out.
   */
  constructor(private readonly call: (items: Item[]) => Promise<Result[]>) {}

  /** The answer to one item. @throws what the call threw when this item was in it alone */
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
      // One that cannot be answered must not spoil it for the others.
      else await Promise.all(together.map((each) => this.answer([each])));
    }
  }
}

/** Resolves with the work, or when it takes so long that those behind it should go on without. */
export async function withinPatience(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}
