/** ⌊a × b ÷ divisor⌋ over non-negative integers, exact whatever the size of a × b. */
export function mulDivDown(a: number, b: number, divisor: number): number {
  return Number((BigInt(a) * BigInt(b)) / BigInt(divisor));
}

/** ⌈a × b ÷ divisor⌉ over non-negative integers, exact whatever the size of a × b. */
export function mulDivUp(a: number, b: number, divisor: number): number {
  const wide = BigInt(divisor);
  return Number((BigInt(a) * BigInt(b) + wide - 1n) / wide);
}

/** `value` moved into [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
