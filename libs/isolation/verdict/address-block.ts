import ipaddr from 'ipaddr.js';

/** Consecutive addresses of one family. */
interface Range {
  bits: 32 | 128;
  first: bigint;
  last: bigint;
}

/** A range with exceptions, like `ipBlock` and `networks`. */
export interface AddressBlock {
  whole: Range;
  except: readonly Range[];
}

/** `maybe`: some of the endpoint's possible addresses are in the block and some are not. */
export type BlockMatch = 'yes' | 'no' | 'maybe';

/**
 * Parses a block. More lenient than plans: the API server accepts bits behind the prefix in older objects and ignores
 * them (KEP-4858).
 * @throws RangeError
 */
export function addressBlock(cidr: string, except: readonly string[] = []): AddressBlock {
  return { whole: parseRange(cidr), except: except.map(parseRange) };
}

/**
 * Matches an endpoint with these addresses, or with addresses from these ranges, against the block.
 * @param addresses empty: any
 * @throws RangeError when one is invalid
 */
export function matchBlock(block: AddressBlock, addresses: readonly string[]): BlockMatch {
  const ranges = (addresses.length === 0 ? ['0.0.0.0/0', '::/0'] : addresses).map(parseRange);
  const matches = new Set(ranges.map((range) => matchRange(block, range)));
  const [match = 'no', ...others] = matches;
  return others.length === 0 ? match : 'maybe';
}

function matchRange({ whole, except }: AddressBlock, range: Range): BlockMatch {
  if (!overlap(whole, range) || except.some((hole) => contains(hole, range))) return 'no';
  return contains(whole, range) && !except.some((hole) => overlap(hole, range)) ? 'yes' : 'maybe';
}

function contains(outer: Range, inner: Range): boolean {
  return outer.bits === inner.bits && outer.first <= inner.first && inner.last <= outer.last;
}

function overlap(a: Range, b: Range): boolean {
  return a.bits === b.bits && a.first <= b.last && b.first <= a.last;
}

/** Parses a range such as "10.0.0.0/8", or a single address such as "10.0.0.10". */
function parseRange(text: string): Range {
  const [host = '', prefix = '', ...rest] = text.split('/');
  const plain = host.includes(':') ? /^[0-9a-f:.]+$/i.test(host) : ipaddr.IPv4.isValidFourPartDecimal(host);
  if (!plain || !ipaddr.isValid(host) || rest.length > 0) throw new RangeError(`"${text}" is not an address range.`);
  const written = ipaddr.parse(host);
  const bits = written.kind() === 'ipv4' ? 32 : 128;
  const length = text.includes('/') ? Number(/^\d{1,3}$/.exec(prefix)?.[0] ?? NaN) : bits;
  if (!(length <= bits)) throw new RangeError(`"${text}" is not an address range.`);
  // "::ffff:10.0.0.1" is sent as IPv4 (RFC 4291, 2.5.5.2).
  const isMapped = written instanceof ipaddr.IPv6 && written.isIPv4MappedAddress() && length >= 96;
  return isMapped ? rangeOf(written.toIPv4Address(), length - 96) : rangeOf(written, length);
}

function rangeOf(parsed: ReturnType<typeof ipaddr.parse>, length: number): Range {
  const bits = parsed.kind() === 'ipv4' ? 32 : 128;
  const address = parsed.toByteArray().reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  const size = 2n ** BigInt(bits - length);
  const first = address - (address % size);
  return { bits, first, last: first + size - 1n };
}
