import { join } from 'node:path';
import { childEnvironment } from './environment.mjs';
import { audience, loginIssuer, redirectUris } from './login-people.mjs';
import { root } from './paths.mjs';
import { choosePort } from './ports.mjs';
import { writePrivateJson } from './private-files.mjs';
import { waitUntil } from './processes.mjs';
import { startService } from './services.mjs';

/**
 * Starts the login for development, and writes the file of issuers with which the API accepts its tokens.
 * @param {import('./main.mjs').Context} context
 * @param {{ apiPort: number, folder: ReturnType<typeof import('./data-folder.mjs').openDataFolder> }} settings
 * @returns {Promise<{ url: string, env: Record<string, string> }>} with the variables of the API
 */
export async function startLogin(context, { apiPort, folder }) {
  const port = await choosePort(apiPort + 1);
  const url = `http://127.0.0.1:${port}`;
  const settings = { port, stateFile: folder.login, audience, redirectUris: redirectUris(apiPort) };
  const running = startService(context, folder, {
    name: 'login',
    command: process.execPath,
    args: [join(root, 'dev/login.mjs'), JSON.stringify(settings)],
    env: childEnvironment(),
  });
  await waitUntil(() => isUp(url), { running, what: 'The login', timeoutMs: 30_000 });
  writePrivateJson(folder.issuers, { issuers: [loginIssuer(url)] });
  return { url, env: { BULKHEAD_ISSUERS_FILE: folder.issuers } };
}

async function isUp(url) {
  try {
    return (await fetch(`${url}/.well-known/openid-configuration`)).ok;
  } catch {
    return false;
  }
}
