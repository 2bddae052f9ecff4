import { z } from 'zod';

import { joinersFit } from './joiners.js';

/**
 * Characters that a reader cannot see or that change what the reader sees next to them: controls, soft hyphens, marks and
 * embeddings of writing direction (CVE-2021-42574, "Trojan Source"), characters without width (Unicode TR 36), separators
 * of lines. Two names that look the same would otherwise be two names. As text of a character class; joiners, which some
 * scripts need, are checked where they are.
 */
const HIDDEN =
  '\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb';
const JOINERS = '\\u200c\\u200d';
const LINE = new RegExp(`^[^${HIDDEN}]*$`);
const LINES = new RegExp(`^(?:[\\t\\n\\r]|[^${HIDDEN}])*$`);

const error =
  'Must not contain control characters, characters without width, or characters that change the writing direction.';

const joiners = {
  error: 'Must not contain joiners (U+200C, U+200D), except between letters of scripts that need them.',
};

/** A name or sentence for people, in one line. Spaces around it are removed. */
export function readableText(most: number): z.ZodString {
  return z.string().trim().min(1).max(most).regex(LINE, { error }).refine(joinersFit, joiners);
}

/** A text for people that can have several lines and can be empty. Spaces around it are removed. */
export function readableLines(most: number): z.ZodString {
  return z.string().trim().max(most).regex(LINES, { error }).refine(joinersFit, joiners);
}

/** A name that is compared character by character, such as that of a user: spaces around it are refused. */
export function exactName(most: number): z.ZodString {
  return z
    .string()
    .min(1, { abort: true })
    .max(most)
    .regex(new RegExp(`^[^\\s${HIDDEN}${JOINERS}](?:[^${HIDDEN}${JOINERS}]*[^\\s${HIDDEN}${JOINERS}])?$`), {
      error: 'Must not begin or end with a space, nor contain characters that cannot be seen.',
    });
}

/** A text for machines, such as an id: what it refers to is told by whoever looks it up. */
export function word(most: number): z.ZodString {
  return z.string().max(most).regex(/^\S*$/, { error: 'Must not contain spaces.' });
}
