import { describe, expect, test } from 'vitest';

import { type Matrix, type NamedPath } from './answers.js';
import { matrixPicture } from './matrix-picture.js';
import { matrixRows } from './matrix-rows.js';

const dns = { id: 'dns', label: 'DNS pod', kind: 'platform' as const };
const internet = { id: 'internet', label: 'internet', kind: 'outside' as const };
const ports = [{ protocol: 'TCP', port: 53 } as const];

function matrixOf(count: number, more: NamedPath[] = []): Matrix {
  const tenants = Array.from({ length: count }, (_, index) => ({
    id: `t${index}`,
    label: `tenant-${index}`,
    kind: 'tenant' as const,
  }));
  const way = (from: string, to: string): NamedPath => ({
    from,
    to,
    complete: false,
    ports,
    readingsDiffer: false,
    becauseOf: [],
  });
  // Every second one reaches the internet.
  const links = tenants.flatMap(({ id }, index) => [way(id, 'dns'), ...(index % 2 === 0 ? [] : [way(id, 'internet')])]);
  return { places: [...tenants, dns, internet], ports, links: [...links, ...more], leftOut: [] };
}

const crossing: NamedPath = { from: 't3', to: 't8', complete: true, ports, readingsDiffer: false, becauseOf: [] };

describe('the rows of the matrix', () => {
  test('show few tenants one by one', () => {
    const { rows, notice } = matrixRows(matrixOf(4));
    expect(rows.map(({ label }) => label)).toEqual([
      ...[0, 1, 2, 3].map((each) => `tenant-${each}`),
      'DNS pod',
      'internet',
    ]);
    expect(notice).toBeNull();
  });

  test('say how many tenants could not be computed', () => {
    const leftOut = [{ id: 't9', slug: 'odd', reason: 'no' }];
    expect(matrixRows({ ...matrixOf(4), leftOut }).notice).toContain('Not computed: 1');
    expect(matrixRows({ ...matrixOf(1000), leftOut }).notice).toMatch(/^1000 tenants; .*Not computed: 1/);
  });

  test('group many tenants that are alike, with connected tenants alone and first', () => {
    const { rows, notice } = matrixRows(matrixOf(1000, [crossing]));
    expect(rows.map(({ label }) => label)).toEqual([
      'tenant-3',
      'tenant-8',
      '499 tenants like tenant-0',
      '499 tenants like tenant-1',
      'DNS pod',
      'internet',
    ]);
    expect(notice).toMatch(/^1000 tenants; /);
    expect(notice).not.toContain('NOT shown');
  });

  test('end at a readable number and report how many tenants are left out', () => {
    const all = Array.from({ length: 60 }, (_, index): NamedPath => {
      return { ...crossing, from: `t${index}`, to: `t${(index + 1) % 60}` };
    });
    const { rows, notice } = matrixRows(matrixOf(60, all));
    expect(rows).toHaveLength(42);
    expect(notice).toContain('20 tenants are NOT shown');
  });
});

describe('the picture', () => {
  test('has a title, a legend, labels and a shape for every cell', () => {
    const text = matrixPicture(matrixOf(4, [crossing]), 'A note.');
    for (const part of ['Who reaches whom', 'A note.', 'closed', '>tenant-2</text>', 'tenant-1 → internet: partly']) {
      expect(text).toContain(part);
    }
    expect(text.match(/<g transform="translate\(\d+ \d+\)"><title>/g)).toHaveLength(36);
  });

  test('escapes markup in names that tenants chose', () => {
    const matrix = matrixOf(1);
    const text = matrixPicture({ ...matrix, places: [{ ...dns, label: '<script>"&\'' }] }, '<b>');
    expect(text).not.toContain('<script');
    expect(text).not.toContain('<b>');
    expect(text).toContain('&#60;script&#62;&#34;&#38;&#39;');
  });
});

test('a path explained by a link looks different from an unexplained one', () => {
  const fault = 'a tenant reaches another tenant without a link: TCP/53';
  expect(matrixPicture(matrixOf(10, [crossing]), '')).toContain(fault);
  const linked = matrixPicture(matrixOf(10, [{ ...crossing, becauseOf: ['link_1'] }]), '');
  expect(linked).toContain('open through a link that both tenants consented to: TCP/53');
  expect(linked).not.toContain(fault);
});
