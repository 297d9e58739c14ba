import type { Principal } from '../../src/core/index.ts';

/** One offer that an account of ours took, or that was taken from it. */
export interface RunFill {
  readonly account: Principal;
  readonly side: 'bought' | 'sold';
  readonly height: number;
  /** Wh. */
  readonly amount: number;
  /** µSTX per Wh. */
  readonly price: number;
}

export interface FillCounts {
  readonly real: number;
  readonly simulated: number;
  /** Simulated ones that happened. */
  readonly matched: number;
}

/**
 * Counts how many simulated fills are real: of the same account and side, the same amount and price, and at most
 * `toleranceBlocks` apart. Each is matched once, the earliest first.
 */
export function compareFills(
  real: readonly RunFill[],
  simulated: readonly RunFill[],
  { toleranceBlocks }: { readonly toleranceBlocks: number },
): FillCounts {
  const left = new Map<string, RunFill[]>();
  for (const fill of byHeight(real)) left.set(keyOf(fill), [...(left.get(keyOf(fill)) ?? []), fill]);
  let matched = 0;
  for (const fill of byHeight(simulated)) {
    const candidates = left.get(keyOf(fill)) ?? [];
    const at = candidates.findIndex(({ height }) => Math.abs(height - fill.height) <= toleranceBlocks);
    if (at === -1) continue;
    candidates.splice(at, 1);
    matched += 1;
  }
  return { real: real.length, simulated: simulated.length, matched };
}

const keyOf = ({ account, side, amount, price }: RunFill): string => `${account} ${side} ${amount} ${price}`;
const byHeight = (fills: readonly RunFill[]): RunFill[] => [...fills].sort((a, b) => a.height - b.height);

/** Simulated fills that happened, as a share of those simulated, in per cent; null where there were none. */
export const precisionOf = ({ matched, simulated }: FillCounts): number | null => percent(matched, simulated);

/** Real fills that were simulated, as a share of the real ones, in per cent; null where there were none. */
export const recallOf = ({ matched, real }: FillCounts): number | null => percent(matched, real);

const percent = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((1_000 * part) / whole) / 10;
