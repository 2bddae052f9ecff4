/** What is made from the code, by its path in the repository. */
export function madeFiles(): Record<string, string>;
