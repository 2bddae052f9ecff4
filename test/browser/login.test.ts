import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';

import { missingBrowser, startBrowser } from '../support/browser.js';
import { Bulkhead } from '../support/bulkhead.js';
import { eventually } from '../support/eventually.js';
import { Login } from '../support/login.js';
import { freePort, runProgram } from '../support/program.js';
import { unless } from '../support/requirements.js';

const program = path.resolve(import.meta.dirname, '../../dist/apps/cli/src/main.js');

interface StoredLogins {
  [url: string]: { accessToken: string; expiresAt: number; refreshToken: string | null };
}

describe('people log in with a browser', unless(missingBrowser()), () => {
  let login: Login;
  let bulkhead: Bulkhead;
  let browser: Browser;
  let page: Page;
  let env: Record<string, string>;
  beforeAll(async () => {
    const apiPort = await freePort();
    [login, browser] = await Promise.all([Login.start(apiPort), startBrowser()]);
    const file = login.writeIssuers(login.issuer);
    bulkhead = await Bulkhead.start({ env: { BULKHEAD_PORT: String(apiPort), BULKHEAD_ISSUERS_FILE: file } });
    env = {
      BULKHEAD_URL: `http://127.0.0.1:${apiPort}`,
      XDG_CONFIG_HOME: path.join(inject('temporaryFolder'), `config-${apiPort}`),
    };
  });
  // A person who is logged in already is not asked again.
  beforeEach(async () => {
    page = await (await browser.newContext()).newPage();
  });
  afterAll(async () => {
    await browser.close();
    await bulkhead.stop();
    await login.end();
  });

  const cli = (...args: string[]): ReturnType<typeof runProgram> => runProgram('apps/cli/src/main.js', args, env);
  const choose = (person: string): Promise<void> => page.locator(`button[value="${person}"]`).click();

  /** Starts `bulkhead login`, and returns what it tells the person to open. */
  async function started(...args: string[]): Promise<{ child: ChildProcess; told: string; output: () => string }> {
    const child = spawn(process.execPath, [program, 'login', ...args], { env: { ...process.env, ...env } });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await eventually('it says where to log in', () => Promise.resolve(/https?:\S+/.test(text)));
    return { child, told: text, output: () => text };
  }

  const logins = (): { file: string; stored: StoredLogins } => {
    const file = path.join(env['XDG_CONFIG_HOME'] ?? '', 'bulkhead/logins.json');
    return { file, stored: JSON.parse(readFileSync(file, 'utf8')) as StoredLogins };
  };

  test('in Swagger UI, and send requests as that person', async () => {
    await page.goto(`${env['BULKHEAD_URL'] ?? ''}/docs`);
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const dialog = page.locator('.modal-ux');
    const flow = dialog.locator('.auth-container', { hasText: 'authorizationCode' });
    for (const box of await flow.locator('input[type=checkbox]').all()) await box.check({ force: true });
    const [popup] = await Promise.all([page.waitForEvent('popup'), flow.locator('button.authorize').click()]);
    await popup.locator('button[value="operator"]').click();
    await flow.locator('button', { hasText: 'Logout' }).waitFor();
    await dialog.locator('.btn-done').first().click();
    const block = page.locator('[id$="-getMe"].opblock');
    await block.locator('.opblock-summary-control').click();
    await block.getByRole('button', { name: 'Execute' }).click();
    const response = block.locator('.live-responses-table .response');
    await response.waitFor();
    expect(await response.innerText()).toContain('operator@bulkhead.example');
  });

  test('on the command line, stay logged in, and log out', async () => {
    const { child, told, output } = await started();
    await page.goto(/https?:\S+/.exec(told)?.[0] ?? '');
    await choose('operator');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code, output()).toBe(0);
    expect(output()).toContain('You are Olga Operator.');
    expect(await page.content()).toContain('This window can be closed');

    const { file, stored } = logins();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await cli('tenants', 'list')).toEqual({ code: 0, output: 'None.\n' });
    // The token has ended: it is renewed, if the provider gives tokens for that, as this one does.
    const [url = ''] = Object.keys(stored);
    const ended = { ...stored[url], expiresAt: 0 };
    writeFileSync(file, JSON.stringify({ [url]: ended }));
    expect((await cli('me', 'get')).output).toContain('operator@bulkhead.example');
    expect(logins().stored[url]?.accessToken).not.toBe(ended.accessToken);

    expect(await cli('logout')).toEqual({ code: 0, output: '' });
    expect(await cli('tenants', 'list')).toMatchObject({
      code: 64,
      output: expect.stringContaining('login') as string,
    });
  });

  test('on another device, by a code', async () => {
    const { child, told, output } = await started('--device');
    const [, address = '', code = ''] = /Open (\S+) on any device, and enter the code (\S+)\./.exec(told) ?? [];
    await page.goto(address);
    await page.locator('input[name="user_code"]').fill(code);
    await page.locator('button[type="submit"]').first().click();
    // The page asks whether the code on the device is this one.
    await page.locator('button[type="submit"]').first().click();
    await choose('viewer');
    const [exit] = (await once(child, 'exit')) as [number];
    expect(exit, output()).toBe(0);
    expect(output()).toContain('You are Vera Viewer.');
  });
});
