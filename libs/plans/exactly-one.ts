/**
 * JSON Schema of an object that has exactly one of several members, for the metadata of its zod schema: a rule across
 * members is otherwise missing from the JSON Schema.
 * @param members the members, each with a title for the alternative
 */
export function exactlyOne(members: Readonly<Record<string, string>>): {
  oneOf: { title: string; required: string[] }[];
} {
  return { oneOf: Object.entries(members).map(([name, title]) => ({ title, required: [name] })) };
}
