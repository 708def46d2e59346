// Exact decimal numbers: money is never a floating-point number here.

/** @typedef {{ units: bigint, scale: number }} Amount `units` of 10 to the power of minus `scale` */

/** @type {Amount} */
export const ZERO = { units: 0n, scale: 0 };

/**
 * Reads a decimal number; the schema has checked its form. It keeps its decimals.
 * @param {string} text
 * @returns {Amount}
 */
export function parse(text) {
  const point = text.indexOf('.');
  const scale = point < 0 ? 0 : text.length - point - 1;
  return { units: BigInt(text.replace('.', '')), scale };
}

/**
 * Returns the number as text, with its decimals.
 * @param {Amount} amount
 */
export function format({ units, scale }) {
  const sign = units < 0n ? '-' : '';
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return scale === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-scale)}`;
}

/**
 * Returns the number with more or fewer decimals. Those that fall away have to be zeros.
 * @param {Amount} amount
 * @param {number} scale
 * @returns {Amount}
 */
export function rescale(amount, scale) {
  const by = scale - amount.scale;
  const units = by >= 0 ? amount.units * 10n ** BigInt(by) : amount.units / 10n ** BigInt(-by);
  return { units, scale };
}

/**
 * Returns the sum, with the decimals of the longer one.
 * @param {Amount} one
 * @param {Amount} other
 * @returns {Amount}
 */
export function add(one, other) {
  if (one.scale === other.scale) return { units: one.units + other.units, scale: one.scale };
  const scale = Math.max(one.scale, other.scale);
  return { units: rescale(one, scale).units + rescale(other, scale).units, scale };
}

/**
 * Returns whether a booking can have the amount: positive, below 10,000,000,000 (ten digits before
 * the comma), and whole cents.
 * @param {Amount} amount
 */
export function isBookable(amount) {
  const cents = rescale(amount, 2);
  const whole = rescale(cents, Math.max(amount.scale, 2)).units === rescale(amount, Math.max(amount.scale, 2)).units;
  return whole && cents.units > 0n && cents.units < 1_000_000_000_000n;
}
