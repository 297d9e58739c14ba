import { type Height, height, type Principal, price, principal, tradeId, wh } from '../../src/core/index.ts';
import type { BuyIntent, CancelIntent, ListIntent, PlannedIntent } from '../../src/trading/intent.ts';

/** Addresses with valid checksums, for tests that need some. */
export const OPERATOR = principal('ST1SJ3DTE5DN7X54YDH5D64R3BCB6A2AG2ZQ8YPD5');
export const ALICE = principal('ST2CY5V39NHDPWSXMW9QDT3HC3GD6Q6XX4CFRK9AG');
export const BOB = principal('ST2JHG361ZXG51QTKY2NQCVBPPRRE2KZB1HR05NNC');
export const NEIGHBOUR = principal('ST2NEB84ASENDXKYGJPQW86YXQCEFEX2ZQPG87ND');

export interface PlanParameters {
  readonly id: string;
  readonly account?: Principal;
  readonly operator?: Principal;
  readonly at?: Height;
}

function planned(
  { id, account = ALICE, operator = OPERATOR, at = height(10) }: PlanParameters,
  intent: PlannedIntent['intent'],
): PlannedIntent {
  return { id, account, operator, strategy: 'test', turn: 1, height: at, intent };
}

/** A buy of 100 Wh at up to 50 µSTX per Wh unless told otherwise. */
export function planBuy(parameters: PlanParameters & Partial<BuyIntent>): PlannedIntent {
  const { tradeId: offer = tradeId(7), amount = wh(100), maxPrice = price(50) } = parameters;
  return planned(parameters, { kind: 'buy', tradeId: offer, amount, maxPrice, reason: 'cheap' });
}

/** A listing of 200 Wh at 90 µSTX per Wh up to height 40 unless told otherwise. */
export function planList(parameters: PlanParameters & Partial<ListIntent>): PlannedIntent {
  const { amount = wh(200), price: unitPrice = price(90), openUntil = height(40) } = parameters;
  return planned(parameters, { kind: 'list', amount, price: unitPrice, openUntil, reason: 'surplus' });
}

/** A cancel of offer 9 with 200 Wh unless told otherwise. */
export function planCancel(parameters: PlanParameters & Partial<CancelIntent>): PlannedIntent {
  const { tradeId: offer = tradeId(9), amount = wh(200) } = parameters;
  return planned(parameters, { kind: 'cancel', tradeId: offer, amount, reason: 'stale' });
}
