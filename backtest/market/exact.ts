/**
 * An integer: a number where that is safe, and a bigint beyond. So sums and products stay exact whatever their size, and
 * cost no object where they are small, as nearly all are.
 */
export type Exact = number | bigint;

/** The integer in the one form that it has as an `Exact`. */
export const exact = (value: bigint): Exact => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

// Where a result is safe no rounding can have made it so: beyond the safe integers, all numbers are beyond them.

export function plus(one: Exact, other: Exact): Exact {
  if (typeof one === 'number' && typeof other === 'number') {
    const sum = one + other;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return exact(BigInt(one) + BigInt(other));
}

export function minus(one: Exact, other: Exact): Exact {
  if (typeof one === 'number' && typeof other === 'number') {
    const difference = one - other;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return exact(BigInt(one) - BigInt(other));
}

export function times(one: Exact, other: Exact): Exact {
  if (typeof one === 'number' && typeof other === 'number') {
    const product = one * other;
    if (Number.isSafeInteger(product)) return product;
  }
  return exact(BigInt(one) * BigInt(other));
}
