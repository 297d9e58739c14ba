const LIMB = 2 ** 40;

/** A sum of safe integers that stays exact beyond 2^53, without a bigint for each addition. */
export class ExactSum {
  /** The sum is `#high` · 2^40 + `#low`, 0 ≤ `#low` < 2^40. */
  #high = 0;
  #low = 0;

  add(value: number): void {
    const high = Math.floor(value / LIMB);
    this.#high += high;
    this.#low += value - high * LIMB;
    if (this.#low >= LIMB) {
      this.#low -= LIMB;
      this.#high += 1;
    }
  }

  set(value: bigint): void {
    const limb = BigInt(LIMB);
    this.#low = Number(((value % limb) + limb) % limb);
    this.#high = Number((value - BigInt(this.#low)) / limb);
  }

  value(): bigint {
    return BigInt(this.#high) * BigInt(LIMB) + BigInt(this.#low);
  }
}
