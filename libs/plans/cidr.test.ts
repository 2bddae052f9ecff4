import { describe, expect, test } from 'vitest';

import {
  cidrsOverlap,
  compareCidrs,
  containsCidr,
  hostCidr,
  InvalidCidrError,
  parseCidr,
  strictlyContainsCidr,
} from './cidr.js';
import { forbiddenCidrs, forbiddenOverlap } from './forbidden-cidrs.js';

describe('a CIDR', () => {
  test.each([
    ['10.0.0.0/8', '10.0.0.0/8', 'ipv4'],
    ['0.0.0.0/0', '0.0.0.0/0', 'ipv4'],
    ['FD00:0:0::/8', 'fd00::/8', 'ipv6'],
    ['::/0', '::/0', 'ipv6'],
    ['2001:db8:0:1::/64', '2001:db8:0:1::/64', 'ipv6'],
  ])('%s has the canonical form %s', (text, canonical, family) => {
    expect(parseCidr(text)).toMatchObject({ text: canonical, family });
  });

  test.each([
    '',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '010.0.0.0/8',
    '0x0a.0.0.0/8',
    '10/8',
    '10.0.0.0/8/8',
    '10.0.0.1/8',
    'fd00::1/8',
    'fe80::%eth0/10',
    '::ffff:10.0.0.0/104',
    '::ffff:a00:0/104',
    ' 10.0.0.0/8',
    'a/8',
    '1:2:3/128',
    ':::/0',
    '10.0.0.0/-1',
    '10.0.0.0/1e1',
  ])('%j is rejected', (text) => {
    expect(() => parseCidr(text)).toThrow(InvalidCidrError);
  });

  test.each([
    ['10.0.0.0/8', '10.1.0.0/16', { contains: true, strictly: true, overlaps: true }],
    ['10.0.0.0/8', '10.0.0.0/8', { contains: true, strictly: false, overlaps: true }],
    ['10.1.0.0/16', '10.0.0.0/8', { contains: false, strictly: false, overlaps: true }],
    ['10.0.0.0/8', '11.0.0.0/8', { contains: false, strictly: false, overlaps: false }],
    ['::/0', '10.0.0.0/8', { contains: false, strictly: false, overlaps: false }],
    ['::/0', 'fd00::/8', { contains: true, strictly: true, overlaps: true }],
  ])('%s and %s', (a, b, expected) => {
    const [outer, inner] = [parseCidr(a), parseCidr(b)];
    expect(containsCidr(outer, inner)).toBe(expected.contains);
    expect(strictlyContainsCidr(outer, inner)).toBe(expected.strictly);
    expect(cidrsOverlap(outer, inner)).toBe(expected.overlaps);
  });

  test('of a single address has the full prefix length', () => {
    expect(hostCidr('10.96.0.10').text).toBe('10.96.0.10/32');
    expect(hostCidr('FD00::A').text).toBe('fd00::a/128');
    expect(() => hostCidr('kube-dns')).toThrow(InvalidCidrError);
  });

  test('sorts by family, by address and from wide to narrow', () => {
    const ordered = ['9.0.0.0/8', '10.0.0.0/8', '10.0.0.0/16', '10.1.0.0/16', '::/0', 'fd00::/8'];
    const sorted = ordered.toReversed().map(parseCidr).sort(compareCidrs);
    expect(sorted.map(({ text }) => text)).toEqual(ordered);
  });
});

describe('the forbidden ranges', () => {
  test.each([
    '169.254.169.254/32',
    '0.0.0.0/0',
    '::/0',
    '168.63.129.16/32',
    '100.100.0.0/16',
    '192.0.0.0/24',
    '127.0.0.1/32',
    'fd00:ec2::254/128',
    'fe80::/64',
    '224.0.0.0/24',
    'fc00::/7',
    '64:ff9b::/96',
    '64:ff9b::a9fe:a9fe/128',
    '64:ff9b::e000:0/112',
    '64:ff9b:1::/64',
    '2001::/48',
    '2002:a9fe:a9fe::/48',
    '::7f00:1/128',
    '::ffff:0:0:0/96',
    'fec0::/64',
  ])('overlap with %s', (cidr) => {
    expect(forbiddenOverlap(parseCidr(cidr))).toBeDefined();
  });

  test.each([
    '203.0.113.0/24',
    '10.0.0.0/8',
    '100.64.0.0/16',
    '2001:db8::/32',
    'fd12::/16',
    '64:ff9b::cb00:7100/120',
    '64:ff9b::a00:0/104',
  ])('do not overlap with %s', (cidr) => {
    expect(forbiddenOverlap(parseCidr(cidr))).toBeUndefined();
  });

  test('state a reason', () => {
    for (const { reason } of forbiddenCidrs) expect(reason).not.toBe('');
  });
});
