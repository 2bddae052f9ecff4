/**
 * Makes a folder for a throw-away stack, and removes those of starters that were killed before they could.
 * A Postgres of it must live in its folder `postgres` or `data/postgres`.
 */
export function temporaryFolder(): { path: string; remove(): void };
