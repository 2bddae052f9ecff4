import { createHash } from 'node:crypto';

import { type FastifyReply } from 'fastify';

import { escapeMarkup } from './escape-markup.js';

const STYLE =
  ':root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}' +
  'pre{overflow-x:auto;border:1px solid #8886;padding:.8rem}h1,p,li{overflow-wrap:anywhere}';

/** The pages run nothing and load nothing; their only style is this one. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * Answers with a page for people.
 * @param page `title` is a text, `body` is HTML
 */
export function sendPage(reply: FastifyReply, page: { title: string; body: string }): FastifyReply {
  return reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(page.title)}</title>
<style>${STYLE}</style>
${page.body}
`);
}
