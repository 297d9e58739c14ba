/** A 32-bit hash of a seed and integer coordinates (the finaliser of MurmurHash3 after each word). */
export function hash(seed: number, ...coordinates: readonly number[]): number {
  let state = seed | 0;
  for (const coordinate of coordinates) {
    state = Math.imul(state ^ coordinate, 0x85eb_ca6b);
    state = Math.imul(state ^ (state >>> 13), 0xc2b2_ae35);
    state ^= state >>> 16;
    state = (state + 0x9e37_79b9) | 0;
  }
  return state;
}

/** A number in [0, 1) that the seed and the coordinates alone determine. */
export const noise = (seed: number, ...coordinates: readonly number[]): number =>
  (hash(seed, ...coordinates) >>> 0) / 2 ** 32;

/** Noise in [0, 1) that moves smoothly along `position`: a cosine between the values at whole numbers. */
export function smoothNoise(seed: number, position: number, ...coordinates: readonly number[]): number {
  const from = Math.floor(position);
  const weight = (1 - Math.cos((position - from) * Math.PI)) / 2;
  return noise(seed, ...coordinates, from) * (1 - weight) + noise(seed, ...coordinates, from + 1) * weight;
}
