import type { BatchCall } from '../../src/contract/index.ts';
import type { Principal } from '../../src/core/index.ts';
import { FAR } from './scene.ts';

const AMOUNT = 10n;
const PRICE = 5n;

/** Offers of these sellers, one each, in one batch. */
export const listBatch = (sellers: readonly Principal[]): BatchCall => ({
  kind: 'tradeEnergyFor',
  validUntil: FAR,
  openUntil: FAR,
  entries: sellers.map((seller) => ({ seller, amount: AMOUNT, price: PRICE })),
});

/** Buys of these offers, each by the buyer at its place. */
export const buyBatch = (buyers: readonly Principal[], ids: readonly bigint[]): BatchCall => ({
  kind: 'buyEnergyFor',
  validUntil: FAR,
  entries: buyers.map((buyer, index) => ({ buyer, tradeId: ids[index] ?? 0n, amount: AMOUNT, maxPrice: PRICE })),
});

/** Cancels of these offers, each of the seller at its place. */
export const cancelBatch = (sellers: readonly Principal[], ids: readonly bigint[]): BatchCall => ({
  kind: 'cancelTradeFor',
  validUntil: FAR,
  entries: sellers.map((seller, index) => ({ seller, tradeId: ids[index] ?? 0n })),
});
