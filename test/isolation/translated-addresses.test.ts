import { judge, Policies, renderNetwork, tenantPlace } from '#isolation';
import { planSpecSchema } from '#plans';
import { describe, expect, test } from 'vitest';

import { cluster, planWith, tenant } from './tenants.js';

/** Reports whether a pod of a tenant with this network reaches an address. */
function reaches(network: object, address: string): boolean {
  const spec = planWith({});
  // Rendering must also be safe for a stored plan that the schema no longer accepts.
  const acme = tenant('acme', { ...spec, network: { ...spec.network, ...network } });
  const [pod] = tenantPlace(acme, cluster).endpoints;
  if (pod === undefined) throw new Error('the tenant has no pod');
  const to = { kind: 'address' as const, name: address, address };
  return judge(Policies.read(renderNetwork(acme)), pod, to, { protocol: 'TCP', port: 443 }).egress.allowed;
}

const refusalOf = (cidr: string): string =>
  planSpecSchema.safeParse({ quota: { cpu: '1', memory: '1Gi' }, network: { allowCidrs: [cidr] } }).error?.issues[0]
    ?.message ?? 'taken';

/** Addresses of IPv6 that lead to the metadata service, the pods, the nodes and the API server of the cluster. */
const leading = [
  '64:ff9b::a9fe:a9fe',
  '64:ff9b::169.254.169.254',
  '64:ff9b::af4:1',
  '64:ff9b::c000:201',
  '64:ff9b::c633:6407',
  '64:ff9b::a00:1',
  '64:ff9b:1::a9fe:a9fe',
  '64:ff9b:1:a9fe:a9:fe00::',
  '2002:a9fe:a9fe::1',
  '2002:af4:1::1',
  '2001:0:c000:201::1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::ffff:0:a9fe:a9fe',
  '::a9fe:a9fe',
  'fec0::1',
];

describe.for(['https', 'any'])('with the internet open (%s)', (internetEgress) => {
  test.for(leading)('%s is closed', (address) => {
    expect(reaches({ internetEgress }, address)).toBe(false);
  });

  test.for(['198.41.0.4', '64:ff9b::c629:4', '::ffff:198.41.0.4', '2001:503:ba3e::2:30', '2620:fe::fe'])(
    '%s is open',
    (address) => {
      expect(reaches({ internetEgress }, address)).toBe(true);
    },
  );

  test('a range that the plan denies is closed by NAT64, too', () => {
    const open = { internetEgress, denyCidrs: ['198.41.0.0/16'] };
    expect(reaches(open, '64:ff9b::c629:4')).toBe(false);
    expect(reaches(open, '64:ff9b::c62a:4')).toBe(true);
  });
});

describe('a range that a plan allows', () => {
  test.for([
    '64:ff9b::/96',
    '64:ff9b::a9fe:a9fe/128',
    '64:ff9b:1::/48',
    '2002::/16',
    '2001::/32',
    '::/64',
    'fec0::/10',
  ])('cannot be %s', (cidr) => {
    expect(refusalOf(cidr)).toContain('which no plan can open');
  });

  test('can be of NAT64 where its IPv4 can be allowed, and never opens the cluster', () => {
    expect(refusalOf('64:ff9b::a00:0/104')).toBe('taken');
    const allowCidrs = ['64:ff9b::a00:0/104'];
    expect(reaches({ allowCidrs }, '64:ff9b::a01:1')).toBe(true);
    expect(reaches({ allowCidrs }, '64:ff9b::af4:1')).toBe(false);
    expect(reaches({ allowCidrs: ['64:ff9b::/96'] }, '64:ff9b::a9fe:a9fe')).toBe(false);
  });
});
