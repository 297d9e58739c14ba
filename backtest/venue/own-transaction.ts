import type { BatchCall } from '../../src/contract/index.ts';
import { gridErrors } from '../../src/contract/index.ts';
import type { Height, MicroStx, Principal } from '../../src/core/index.ts';
import type { PlannedIntent } from '../../src/trading/index.ts';
import type { ColumnarMarket } from '../market/columnar-market.ts';
import { decideCancellation, decideListing, decidePurchase } from '../market/decide-trade.ts';
import { inRange } from '../market/rules.ts';

/** A batch on its way to the chain. */
export interface OwnTransaction {
  readonly operator: Principal;
  /** Its place in the order of the operator's transactions. */
  readonly nonce: number;
  readonly call: BatchCall;
  /** Behind each entry. */
  readonly intents: readonly PlannedIntent[];
  /** What it pays whether it succeeds or not. */
  readonly fee: MicroStx;
  /** The block that executes it. */
  readonly dueAt: Height;
}

/**
 * Decides the entries of a batch one after the other; `answer` applies each that succeeds before the next is decided.
 * Where the contract refuses the batch as a whole, every entry is answered so.
 */
export function executeTransaction(
  market: ColumnarMarket,
  { call, intents }: OwnTransaction,
  { caller, height }: { readonly caller: number; readonly height: number },
  answer: (entry: number, code: number) => void,
): void {
  const { accounts } = market;
  const past =
    Number(call.validUntil) < height ||
    (call.kind === 'tradeEnergyFor' && (Number(call.openUntil) < height || !inRange(Number(call.openUntil))));
  if (past) {
    for (let entry = 0; entry < intents.length; entry += 1) answer(entry, gridErrors.pastHeight);
    return;
  }
  switch (call.kind) {
    case 'buyEnergyFor':
      call.entries.forEach(({ buyer, tradeId, amount, maxPrice }, entry) => {
        const terms = { trade: Number(tradeId), amount: Number(amount), maxPrice: Number(maxPrice) };
        answer(entry, decidePurchase(market, { buyer: accounts.numberOf(buyer), ...terms }, caller, height));
      });
      return;
    case 'tradeEnergyFor':
      call.entries.forEach(({ seller, amount, price }, entry) => {
        const terms = { amount: Number(amount), price: Number(price), openUntil: Number(call.openUntil) };
        answer(entry, decideListing(market, { seller: accounts.numberOf(seller), ...terms }, caller, height));
      });
      return;
    case 'cancelTradeFor':
      call.entries.forEach(({ seller, tradeId }, entry) => {
        const cancellation = { seller: accounts.numberOf(seller), trade: Number(tradeId) };
        answer(entry, decideCancellation(market, cancellation, caller, height));
      });
      return;
  }
}
