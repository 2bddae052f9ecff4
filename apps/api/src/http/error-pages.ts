import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { DomainError, type ProblemCode, problemTitles } from '#problems';
import { type FastifyInstance } from 'fastify';
import { marked } from 'marked';

import { sendPage } from './html-page.js';
import { ERRORS_PATH } from './problem.schema.js';
import { sendProblem } from './send-problem.js';

const codes = Object.keys(problemTitles) as ProblemCode[];

/** Serves a page for each problem, to which the member `type` of problems leads (RFC 9457), and a list of them. */
export function serveErrorPages(fastify: FastifyInstance): void {
  const folder = folderAbove(import.meta.dirname, 'docs/errors');
  fastify.get(ERRORS_PATH, (_, reply) => {
    const items = codes.map((code) => `<li><a href="${ERRORS_PATH}/${code}">${code}</a>: ${problemTitles[code]}</li>`);
    return sendPage(reply, { title: 'Errors', body: `<h1>Errors</h1>\n<ul>\n${items.join('\n')}\n</ul>` });
  });
  fastify.get<{ Params: { code: string } }>(`${ERRORS_PATH}/:code`, (request, reply) => {
    const code = codes.find((each) => each === request.params.code);
    if (code === undefined) {
      sendProblem(request, reply, new DomainError('route.not_found', 'There is no error with this code.'));
      return reply;
    }
    return sendPage(reply, { title: `${code}: ${problemTitles[code]}`, body: pageOf(code, folder) });
  });
}

/** An image without the pages still tells what the code means. */
function pageOf(code: ProblemCode, folder: string | null): string {
  const text =
    folder === null ? `# \`${code}\`: ${problemTitles[code]}` : readFileSync(join(folder, `${code}.md`), 'utf8');
  return marked.parse(text, { async: false });
}

/** Returns a folder of the repository or image, which contains the program at some depth; null if it has none. */
function folderAbove(start: string, name: string): string | null {
  const folder = join(start, name);
  if (existsSync(folder)) return folder;
  const above = dirname(start);
  return above === start ? null : folderAbove(above, name);
}
