/** Returns the generated files by their path in the repository. */
export function madeFiles(): Record<string, string>;
