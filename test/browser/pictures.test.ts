import { type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Matrix } from '../../apps/api/src/reachability/answers.js';
import { matrixPicture } from '../../apps/api/src/reachability/matrix-picture.js';
import { htmlReport } from '../../apps/api/src/isolation-checks/formats/html-report.js';
import { missingBrowser, startBrowser } from '../support/browser.js';
import { sampleReport } from '../support/isolation-report.js';
import { unless } from '../support/requirements.js';

/** Runs in the page. */
const MEASURE = `(elements) => elements.map((element) => {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return { text: element.textContent, left, right, top, bottom };
})`;

interface Box {
  text: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Tenants with the longest names that are not shortened, so many that some of them share a row. */
function matrixOf(count: number): Matrix {
  const label = (index: number): string => `t${String(index).padStart(3, '0')}-${'customer'.repeat(4)}`;
  const tenants = Array.from({ length: count }, (_, index) => ({
    id: `t${index}`,
    label: label(index),
    kind: 'tenant' as const,
  }));
  const dns = { id: 'dns', label: 'DNS', kind: 'platform' as const };
  const ports = [{ protocol: 'TCP', port: 53 } as const];
  const links = tenants.map(({ id }, index) => {
    // Twelve kinds of tenants.
    const complete = index % 2 === 0;
    return {
      from: id,
      to: 'dns',
      complete,
      ports: index % 12 < 6 ? ports : [],
      readingsDiffer: index % 3 === 0,
      becauseOf: [],
    };
  });
  return { places: [...tenants, dns], ports, links, leftOut: [] };
}

describe('pictures and reports in a browser', unless(missingBrowser()), () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await startBrowser();
    page = await browser.newPage();
  });
  afterAll(() => browser.close());

  const boxesOf = (selector: string): Promise<Box[]> =>
    page.evaluate<Box[]>(`(${MEASURE})([...document.querySelectorAll(${JSON.stringify(selector)})])`);
  const overlap = (a: Box, b: Box): boolean =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  test.each([3, 500])('no text of the picture of %i tenants lies on another, or outside', async (count) => {
    await page.setContent(
      `<body style="margin:0">${matrixPicture(matrixOf(count), 'What this rests on. '.repeat(12))}`,
    );
    const [picture] = await boxesOf('svg');
    const texts = await boxesOf('svg > text:not([transform]), svg > g > text:not(.mark)');
    expect(texts.length).toBeGreaterThan(count > 30 ? 10 : 8);
    for (const [index, box] of texts.entries()) {
      expect(box.right, box.text).toBeLessThanOrEqual(picture?.right ?? 0);
      for (const other of texts.slice(index + 1)) {
        expect(overlap(box, other), `${box.text} / ${other.text}`).toBe(false);
      }
    }
    // Titles of columns lean; their boxes overlap each other, but must not reach the legend.
    const legend = Math.max(...(await boxesOf('svg > g > text:not(.mark)')).map(({ bottom }) => bottom));
    for (const { text, top } of await boxesOf('svg > text[transform]')) expect(top, text).toBeGreaterThan(legend);
  });

  test.each([320, 390, 1280])('the report of an isolation check fits a screen of %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    await page.setContent(htmlReport(sampleReport, null));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await page.locator('details[open] table').count()).toBe(1);
  });
});
