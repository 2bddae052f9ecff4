import { memoized } from './memoized.js';

/** The text is not a Kubernetes quantity, or cannot be stored exactly. `message` is a sentence for the caller. */
export class InvalidQuantityError extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidQuantityError';
  }
}

/** The grammar of apimachinery's `resource.Quantity`, without negative numbers. */
export const quantityPattern = /^\+?(?=\.?\d)(\d*)(?:\.(\d*))?(n|u|m|k|[MGTPE]|[KMGTPE]i|[eE][+-]?\d{1,2})?$/;

/** The granularity of a division: thousandths (CPU) or whole units (bytes, counts). */
export type QuantityStep = 'milli' | 'one';

type Format = 'binary' | 'decimal' | 'exponent';

const NANOS_PER_UNIT = 10n ** 9n;
const NANOS_PER_STEP: Record<QuantityStep, bigint> = { milli: 10n ** 6n, one: NANOS_PER_UNIT };
/** Kubernetes stores quantities below 2^63 and silently lowers larger ones to that. */
const MAX_NANOS = (2n ** 63n - 1n) * NANOS_PER_UNIT;
/** Longer text is no meaningful quantity, and parsing it as a BigInt would be expensive. */
const MAX_LENGTH = 40;

const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** Decimal suffixes from 10^-9 in steps of 10^3. */
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

/**
 * Parses a Kubernetes quantity ("100m", "1.5", "2Gi", "1e3") to its exact value in nano-units, the finest that
 * Kubernetes stores.
 * @throws InvalidQuantityError when the text is not a quantity, is negative, finer than a nano or above 2^63 - 1 units
 */
export function parseQuantity(text: string): bigint {
  return parse(text).nanos;
}

/** Compares two quantities by value: "1Gi" equals "1024Mi". Returns what `Array.sort` expects. */
export function compareQuantities(a: string, b: string): -1 | 0 | 1 {
  const difference = parseQuantity(a) - parseQuantity(b);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/**
 * Returns the text that the API server stores for a quantity: no fraction, the largest suffix that needs none, and the
 * family of suffixes it was written with ("1000m" is "1", "1.5Gi" is "1536Mi", "1000" is "1k"). For resource amounts
 * the API server also rounds up to a thousandth, so plans cannot be finer than that. Source: `CanonicalizeBytes` in
 * k8s.io/apimachinery/pkg/api/resource.
 */
export function canonicalQuantity(text: string): string {
  const { nanos, format } = parse(text);
  return formatQuantity(nanos, format);
}

/**
 * Splits a total into `parts` canonical quantities that add up to exactly the total. Every part is a whole number of
 * steps; the remainder goes to the first part.
 */
export function divideQuantity(total: string, parts: number, step: QuantityStep): string[] {
  const { nanos, format } = parse(total);
  const size = NANOS_PER_STEP[step];
  const share = (nanos / size / BigInt(parts)) * size;
  const first = nanos - share * BigInt(parts - 1);
  return Array.from({ length: parts }, (_, index) => formatQuantity(index === 0 ? first : share, format));
}

const parse = memoized(parseUncached);

function parseUncached(text: string): { nanos: bigint; format: Format } {
  const match = text.length > MAX_LENGTH ? null : quantityPattern.exec(text);
  if (match === null) throw new InvalidQuantityError(`"${text.slice(0, MAX_LENGTH)}" is not a Kubernetes quantity.`);
  const [, whole = '', fraction = '', suffix = ''] = match;
  const { numerator, denominator, format } = suffixValue(suffix);
  const dividend = BigInt(whole + fraction) * numerator;
  const divisor = 10n ** BigInt(fraction.length) * denominator;
  if (dividend % divisor !== 0n) throw new InvalidQuantityError(`"${text}" is finer than Kubernetes can store.`);
  const nanos = dividend / divisor;
  if (nanos > MAX_NANOS) throw new InvalidQuantityError(`"${text}" is more than Kubernetes can store.`);
  return { nanos, format };
}

/** Returns the value of one unit with this suffix in nano-units, as a fraction. */
function suffixValue(suffix: string): { numerator: bigint; denominator: bigint; format: Format } {
  if (suffix.endsWith('i')) {
    const power = BigInt(BINARY_SUFFIXES.indexOf(suffix));
    return { numerator: 1024n ** power * NANOS_PER_UNIT, denominator: 1n, format: 'binary' };
  }
  const isExponent = suffix.length > 1;
  const exponent = isExponent ? Number(suffix.slice(1)) + 9 : DECIMAL_SUFFIXES.indexOf(suffix) * 3;
  const format = isExponent ? 'exponent' : 'decimal';
  if (exponent < 0) return { numerator: 1n, denominator: 10n ** BigInt(-exponent), format };
  return { numerator: 10n ** BigInt(exponent), denominator: 1n, format };
}

function formatQuantity(nanos: bigint, format: Format): string {
  if (nanos === 0n) return '0';
  const units = nanos / NANOS_PER_UNIT;
  if (format === 'binary' && nanos % (1024n * NANOS_PER_UNIT) === 0n) {
    const [mantissa, steps] = withoutFactor(units, 1024n);
    return `${mantissa.toString()}${BINARY_SUFFIXES[steps] ?? ''}`;
  }
  // A binary quantity without a suffix is read back from etcd as a decimal one, so it is written as such.
  const [mantissa, steps] = withoutFactor(nanos, 1000n);
  const exponent = steps * 3 - 9;
  if (format !== 'exponent') return `${mantissa.toString()}${DECIMAL_SUFFIXES[steps] ?? ''}`;
  return exponent === 0 ? mantissa.toString() : `${mantissa.toString()}e${exponent}`;
}

function withoutFactor(value: bigint, factor: bigint): [mantissa: bigint, steps: number] {
  let mantissa = value;
  let steps = 0;
  while (mantissa % factor === 0n) {
    mantissa /= factor;
    steps += 1;
  }
  return [mantissa, steps];
}
