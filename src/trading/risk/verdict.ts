import type { RiskCode } from './codes.ts';

export interface Denial {
  readonly kind: 'deny';
  readonly code: RiskCode;
  /** The bound, in the unit of what the code is about. */
  readonly limit: number | string;
  /** What the intent would have brought about, in the same unit. */
  readonly actual: number | string;
}

/** What risk says of an intent. */
export type Verdict = { readonly kind: 'allow' } | Denial;

export const ALLOW: Verdict = Object.freeze({ kind: 'allow' });

export function deny(code: RiskCode, limit: number | string, actual: number | string): Denial {
  return { kind: 'deny', code, limit, actual };
}

/** Denies when `actual` is above `limit`. */
export function atMost(code: RiskCode, limit: number, actual: number): Verdict {
  return actual > limit ? deny(code, limit, actual) : ALLOW;
}

/** Denies when `actual` is below `limit`. */
export function atLeast(code: RiskCode, limit: number, actual: number): Verdict {
  return actual < limit ? deny(code, limit, actual) : ALLOW;
}
