import ipaddr from 'ipaddr.js';

import { memoized } from './memoized.js';

/** Network rules have thousands of ranges, and every pass reads them. */
const MOST_PARSED = 50_000;

/** The text is not an address range that the API server accepts without a warning. `message` is a sentence. */
export class InvalidCidrError extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidCidrError';
  }
}

export type AddressFamily = 'ipv4' | 'ipv6';

/** A range of addresses; `text` is its canonical form. */
export interface Cidr {
  readonly text: string;
  readonly family: AddressFamily;
  /** The first and last address as numbers. */
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Parses a range ("10.0.0.0/8", "fd00::/8"). Rejects everything that Kubernetes 1.36 rejects or warns about (KEP-4858):
 * leading zeros, host bits, zones and IPv4-mapped IPv6, each of which parsers have interpreted differently
 * (CVE-2021-29923).
 * @throws InvalidCidrError
 */
export const parseCidr = memoized((text: string): Cidr => {
  const [address, prefix] = parseParts(text);
  const bytes = address.toByteArray();
  const first = bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  if (first % sizeOf(address.kind(), prefix) !== 0n) {
    throw new InvalidCidrError(`"${text}" has bits set behind its prefix of ${prefix}.`);
  }
  return cidrOf(address, first, prefix);
}, MOST_PARSED);

/**
 * Returns the range of exactly one address: "10.0.0.10" becomes "10.0.0.10/32".
 * @throws InvalidCidrError
 */
export function hostCidr(address: string): Cidr {
  return parseCidr(`${address}/${address.includes(':') ? 128 : 32}`);
}

/** Returns the range with this first address and prefix, which must fit together. */
export function cidrAt(family: AddressFamily, first: bigint, prefix: number): Cidr {
  const parts = (count: number, bits: bigint): number[] =>
    Array.from({ length: count }, (_, index) => {
      return Number((first >> (bits * BigInt(count - 1 - index))) & ((1n << bits) - 1n));
    });
  return cidrOf(family === 'ipv4' ? new ipaddr.IPv4(parts(4, 8n)) : new ipaddr.IPv6(parts(8, 16n)), first, prefix);
}

/** Returns the number of leading bits that all addresses of a range share. */
export function prefixOf({ text }: Cidr): number {
  return Number(text.slice(text.indexOf('/') + 1));
}

/** Reports whether every address of `inner` is in `outer`; true for equal ranges. */
export function containsCidr(outer: Cidr, inner: Cidr): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

/** Reports whether `inner` is a proper part of `outer`, as NetworkPolicy requires of `except`. */
export function strictlyContainsCidr(outer: Cidr, inner: Cidr): boolean {
  return containsCidr(outer, inner) && !containsCidr(inner, outer);
}

/** Reports whether two ranges share an address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return containsCidr(a, b) || containsCidr(b, a);
}

/** Orders ranges for output: IPv4 before IPv6, then by first address, wider ranges first. */
export function compareCidrs(a: Cidr, b: Cidr): number {
  if (a.family !== b.family) return a.family === 'ipv4' ? -1 : 1;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  if (a.last !== b.last) return a.last > b.last ? -1 : 1;
  return 0;
}

type Address = ReturnType<typeof ipaddr.parse>;

function cidrOf(address: Address, first: bigint, prefix: number): Cidr {
  const family = address.kind();
  return { text: `${address.toString()}/${prefix}`, family, first, last: first + sizeOf(family, prefix) - 1n };
}

function sizeOf(family: AddressFamily, prefix: number): bigint {
  return 1n << BigInt((family === 'ipv4' ? 32 : 128) - prefix);
}

function parseParts(text: string): [address: Address, prefix: number] {
  const [host = '', prefix = '', ...rest] = text.split('/');
  const isPlain = host.includes(':') ? /^[0-9a-f:]+$/i.test(host) : ipaddr.IPv4.isValidFourPartDecimal(host);
  const hasPrefix = /^(0|[1-9]\d{0,2})$/.test(prefix) && rest.length === 0;
  if (!isPlain || !hasPrefix || !ipaddr.isValidCIDR(text)) throw new InvalidCidrError(`"${text}" is not a CIDR.`);
  const [address, length] = ipaddr.parseCIDR(text);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) {
    throw new InvalidCidrError(`"${text}" is an IPv4 range in IPv6 notation: write it as IPv4.`);
  }
  return [address, length];
}
