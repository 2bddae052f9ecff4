import { type Browser, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { missingBrowser, startBrowser } from '../support/browser.js';
import { Bulkhead } from '../support/bulkhead.js';
import { unless } from '../support/requirements.js';

describe('Swagger UI in a browser', unless(missingBrowser()), () => {
  let bulkhead: Bulkhead;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    [bulkhead, browser] = await Promise.all([Bulkhead.start(), startBrowser()]);
    page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  });
  afterAll(async () => {
    await browser.close();
    await bulkhead.stop();
  });

  /** Opens an operation and sends it with its example as it stands, but for the given parameters. */
  const send = async (operation: string, parameters: Record<string, string> = {}): Promise<Locator> => {
    const block = page.locator(`[id$="-${operation}"].opblock`);
    await block.locator('.opblock-summary-control').click();
    // Examples of optional preconditions are those of some other resource.
    for (const name of ['If-Match', 'If-Preview-Match', 'Idempotency-Key', 'Prefer']) {
      const field = block.locator(`tr[data-param-name="${name}"] input`);
      if ((await field.count()) > 0) await field.fill('');
    }
    for (const [name, value] of Object.entries(parameters)) {
      await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
    }
    await block.getByRole('button', { name: 'Execute' }).click();
    const response = block.locator('.live-responses-table .response');
    await response.waitFor();
    return response;
  };
  const statusOf = async (response: Locator): Promise<string> =>
    (await response.locator('.response-col_status').innerText()).trim().slice(0, 3);

  test('creates, changes and deletes a tenant by the examples of the document', async () => {
    const key = await bulkhead.createKey('platform-admin');
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${bulkhead.url}/docs`);
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const dialog = page.locator('.modal-ux');
    await dialog.locator('input').first().fill(key);
    await dialog.getByRole('button', { name: 'Apply credentials' }).first().click();
    await dialog.getByRole('button', { name: 'Close' }).first().click();

    const created = await send('createTenant');
    expect(await statusOf(created)).toBe('202');
    const id = /tenant_[0-9a-z]{26}/.exec(await created.innerText())?.[0] ?? '';
    expect(await statusOf(await send('updateTenant', { id }))).toBe('202');
    expect(await bulkhead.api.get(`/v1/tenants/${id}`)).toMatchObject({ plan: { id: 'regulated' } });
    expect(await statusOf(await send('deleteTenant', { id }))).toBe('202');
    expect(await bulkhead.api.get(`/v1/tenants/${id}`)).toMatchObject({ deletesAt: expect.any(String) as string });
    expect(errors).toEqual([]);
  });
});
