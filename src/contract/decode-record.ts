import { CorruptionError, grantId, height, microStx, price, sequence, tradeId, wh } from '../core/index.ts';
import type { AnswerOf } from './functions.ts';
import type { DelegationRecord, MarketSummary, ProsumerRecord, TradeRecord, TradeStatus } from './record.ts';

/** A count or number without a unit of its own. */
export function count(value: bigint): number {
  const number = Number(value);
  if (number < 0 || !Number.isSafeInteger(number)) {
    throw new CorruptionError(`expected a count within 2^53 − 1, was ${value}`);
  }
  return number;
}

export function tradeStatus(text: string): TradeStatus {
  if (text === 'open' || text === 'completed' || text === 'cancelled') return text;
  throw new CorruptionError(`expected a trade to be open, completed or cancelled, was "${text}"`);
}

type Item<Name> = NonNullable<AnswerOf<Name> extends readonly (infer Value)[] ? Value : never>;

export function prosumerRecord(tuple: Item<'get-prosumers'>): ProsumerRecord {
  return {
    energy: wh(tuple.energyBalance),
    funds: microStx(tuple.fundsBalance),
    escrowed: wh(tuple.escrowed),
    openTrades: count(tuple.openTrades),
    meter: tuple.meter,
    lastReading: count(tuple.lastReading),
  };
}

export function tradeRecord(tuple: Item<'get-trades'>): TradeRecord {
  return {
    seller: tuple.seller,
    buyer: tuple.buyer,
    amount: wh(tuple.amount),
    price: price(tuple.price),
    status: tradeStatus(tuple.status),
    openUntil: tuple.openUntil === null ? null : height(tuple.openUntil),
    lister: tuple.lister,
    grantId: tuple.grantId === 0n ? null : grantId(tuple.grantId),
  };
}

export function delegationRecord(tuple: Item<'get-delegations'>): DelegationRecord {
  return {
    grantId: grantId(tuple.grantId),
    spendLeft: microStx(tuple.spendLeft),
    energyLeft: wh(tuple.energyLeft),
    maxBuyPrice: price(tuple.maxBuyPrice),
    minSellPrice: price(tuple.minSellPrice),
    expiresAt: height(tuple.expiresAt),
  };
}

export function marketSummary(tuple: AnswerOf<'get-market'>): MarketSummary {
  if (tuple.digest.length !== 64) throw new CorruptionError(`expected a digest of 32 bytes, was "${tuple.digest}"`);
  return {
    sequence: sequence(tuple.sequence),
    digest: tuple.digest,
    lastTradeId: tradeId(tuple.lastTradeId),
    energyPrice: price(tuple.energyPrice),
    gridBalance: tuple.gridBalance,
    totalFunds: tuple.totalFunds,
    prosumers: count(tuple.prosumers),
    metersRequired: tuple.metersRequired,
    height: height(tuple.height),
  };
}
