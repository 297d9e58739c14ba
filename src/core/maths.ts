/** ⌊a × b ÷ divisor⌋ over non-negative integers, exact whatever the size of a × b. */
export function mulDivDown(a: number, b: number, divisor: number): number {
  const product = a * b;
  // Below 2^53 the product, its remainder and so the quotient are exact without a bigint.
  if (divisor !== 0 && product <= Number.MAX_SAFE_INTEGER) return (product - (product % divisor)) / divisor;
  return Number((BigInt(a) * BigInt(b)) / BigInt(divisor));
}

/** ⌈a × b ÷ divisor⌉ over non-negative integers, exact whatever the size of a × b. */
export function mulDivUp(a: number, b: number, divisor: number): number {
  const product = a * b;
  if (divisor !== 0 && product <= Number.MAX_SAFE_INTEGER) {
    const rest = product % divisor;
    return (product - rest) / divisor + (rest === 0 ? 0 : 1);
  }
  const wide = BigInt(divisor);
  return Number((BigInt(a) * BigInt(b) + wide - 1n) / wide);
}

/** `value` moved into [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
