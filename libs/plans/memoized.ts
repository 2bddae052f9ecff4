/** The maximum number of cached results, unless a function has another; the cache is cleared when it is full. */
const MAX_CACHED = 1_000;

/**
 * Caches the results of a function: thousands of tenants share the same few plan values.
 * @param answer pure; errors are not cached. The result must not be modified.
 */
export function memoized<Answer>(answer: (text: string) => Answer, most = MAX_CACHED): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const found = answer(text);
    if (answers.size >= most) answers.clear();
    answers.set(text, found);
    return found;
  };
}
