import { join } from 'node:path';

import { expect, test } from 'vitest';

import { type Matrix, type NamedPath } from '../../apps/api/src/reachability/answers.js';
import { matrixPicture } from '../../apps/api/src/reachability/matrix-picture.js';

const ports = [{ protocol: 'TCP', port: 443 } as const];
const way = (from: string, to: string, more: Partial<NamedPath> = {}): NamedPath => {
  return { from, to, complete: false, ports, readingsDiffer: false, becauseOf: [], ...more };
};
const tenants = ['acme main', 'acme staging', 'globex main', 'initech main'];
const sample: Matrix = {
  places: [
    ...tenants.map((label) => ({ id: label, label, kind: 'tenant' as const })),
    { id: 'gateway', label: 'gateway', kind: 'platform' },
    { id: 'dns', label: 'DNS', kind: 'platform' },
    { id: 'internet', label: 'internet', kind: 'outside' },
  ],
  ports,
  links: [
    ...tenants.map((id) => way(id, id, { complete: true })),
    ...tenants.flatMap((id) => [way(id, 'dns'), way('gateway', id)]),
    ...['acme main', 'globex main'].map((id) => way(id, 'internet')),
    way('globex main', 'acme main', { becauseOf: ['link_1'] }),
  ],
  leftOut: [],
};

test('the picture in README is one that the API draws', async () => {
  const picture = matrixPicture(sample, 'An example: three tenants, one link between two of them.');
  const file = join(import.meta.dirname, '../../docs/pictures/reachability.svg');
  await expect(picture).toMatchFileSnapshot(file);
});
