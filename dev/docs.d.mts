/** Returns the generated files by their path in the repository. */
export function madeFiles(): Record<string, string>;

/** Returns the types of the client, from the text of the OpenAPI document. */
export function clientTypes(document: string): Promise<string>;
