/**
 * Returns the names of the programs that test files start, found in their sources and in what those import.
 * @param filters parts of the paths of test files; none for all
 */
export function programsFor(filters: readonly string[]): string[];
