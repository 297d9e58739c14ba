import type { BatchCall } from '../../src/contract/index.ts';
import { type Height, type MicroStx, type Principal, unreachable } from '../../src/core/index.ts';
import type { PlannedIntent } from '../../src/trading/index.ts';
import type { ColumnarMarket } from '../market/columnar-market.ts';
import { decideCancellation, decideListing, decidePurchase } from '../market/decide-trade.ts';
import { inRange } from '../market/rules.ts';

/** A batch on its way to the chain. */
export interface OwnTransaction {
  readonly operator: Principal;
  /** Its place in the order of the operator's transactions. */
  readonly nonce: number;
  /** The last height at which it may execute. */
  readonly validUntil: Height;
  /** Behind each entry; all of one kind, listings with one expiry. */
  readonly intents: readonly [PlannedIntent, ...PlannedIntent[]];
  /** What it is to the contract; encoded when it is asked for. */
  readonly call: BatchCall;
  /** What it pays whether it succeeds or not. */
  readonly fee: MicroStx;
  /** The block that executes it. */
  readonly dueAt: Height;
}

/** Whether the contract refuses the batch as a whole in a block of this height, so that every entry is answered `pastHeight`. */
export function isTooLate({ validUntil, intents }: OwnTransaction, height: number): boolean {
  const { intent } = intents[0];
  return validUntil < height || (intent.kind === 'list' && (intent.openUntil < height || !inRange(intent.openUntil)));
}

/** Decides one entry of a batch that is not too late, as a deciding function does. */
export function decideEntry(
  market: ColumnarMarket,
  { account, intent }: PlannedIntent,
  caller: number,
  height: number,
): number {
  const number = market.accounts.numberOf(account);
  switch (intent.kind) {
    case 'buy': {
      const { tradeId, amount, maxPrice } = intent;
      return decidePurchase(market, { buyer: number, trade: tradeId, amount, maxPrice }, caller, height);
    }
    case 'list': {
      const { amount, price, openUntil } = intent;
      return decideListing(market, { seller: number, amount, price, openUntil }, caller, height);
    }
    case 'cancel':
      return decideCancellation(market, { seller: number, trade: intent.tradeId }, caller, height);
    default:
      return unreachable(intent, 'intent');
  }
}
