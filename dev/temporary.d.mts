/**
 * Creates a folder for a throw-away stack, and removes those of starters that were killed before they could. Its
 * Postgres must be in the folder `postgres` or `data/postgres`.
 */
export function temporaryFolder(): { path: string; remove(): void };
